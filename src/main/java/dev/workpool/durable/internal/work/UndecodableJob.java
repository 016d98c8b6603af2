package dev.workpool.durable.internal.work;

/** Why a job has failed that could not be decoded. No handler has seen it. */
final class UndecodableJob extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UndecodableJob(String message, Throwable cause) {
        super(message, cause);
    }
}
