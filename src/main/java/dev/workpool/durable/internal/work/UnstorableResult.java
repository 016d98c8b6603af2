package dev.workpool.durable.internal.work;

import dev.workpool.codec.JobCodec;

/** Thrown, or rather told, where a job has succeeded and its result cannot be encoded. It is not tried again. */
final class UnstorableResult extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnstorableResult(JobCodec<?> codec, Throwable cause) {
        super("the job has succeeded, but its result cannot be encoded by " + codec + ": " + cause, cause);
    }
}
