package dev.workpool.durable.internal.store;

/**
 * How processes that use the same tables tell each other what is new. None of it has to arrive; whoever waits looks now
 * and then. Thread-safe.
 */
interface Signals extends AutoCloseable {
    /** What is heard when anything may be new. */
    String ANYTHING = "*";

    /** Tells something to the other processes, soon. */
    void tell(String what);

    /** Whether there may be other processes now. */
    boolean areThereOthers();

    @Override
    void close();
}
