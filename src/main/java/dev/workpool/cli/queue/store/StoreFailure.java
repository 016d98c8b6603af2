package dev.workpool.cli.queue.store;

/** The store does not do what it was asked. The message is the one line that the user gets; it names the store. */
public final class StoreFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StoreFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
