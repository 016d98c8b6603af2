package dev.workpool.internal.worker;

import java.util.Optional;

/**
 * Marks a thread while it runs users' code for a pool, so that an attempt of that code to wait for the pool is noticed.
 * Immutable.
 *
 * <p>The threads of workers and sources have their mark for life. A thread of the async dispatcher has it while it
 * calls a handler. Such calls nest, if an executor runs a task of another pool on the spot, so the previous mark is
 * restored afterwards.
 */
public final class PoolThread {
    /** The kind of users' code that it runs. */
    public enum Role {
        /** A handler that may block, and has a worker to itself as long as it runs. */
        HANDLER("a handler"),
        /** A handler while it is called; the worker is its own until its stage completes. */
        ASYNC_HANDLER("a handler"),
        /** Of a stream's jobs: its iterator, publisher or function for keys. */
        SOURCE("the source of a stream");

        private final String name;

        Role(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final ThreadLocal<PoolThread> CURRENT = new ThreadLocal<>();

    private final Object pool;
    private final Role role;

    /**
     * A mark.
     *
     * @param pool identifies the pool
     * @param role what is run for it
     */
    public PoolThread(Object pool, Role role) {
        this.pool = pool;
        this.role = role;
    }

    /** Marks the calling thread; gives what {@link #leave} needs. */
    public PoolThread enter() {
        PoolThread before = CURRENT.get();
        CURRENT.set(this);
        return before;
    }

    /** Removes the mark and restores the previous one, if there was one. */
    static void leave(PoolThread before) {
        CURRENT.set(before);
    }

    /** What the calling thread runs for a pool; empty if nothing that is known. */
    static Optional<Role> roleIn(Object pool) {
        PoolThread current = CURRENT.get();
        return current != null && current.pool == pool ? Optional.of(current.role) : Optional.empty();
    }

    /** Whether the calling thread runs a handler of a pool, and so holds one of its workers. */
    public static boolean handlesFor(Object pool) {
        PoolThread current = CURRENT.get();
        return current != null && current.pool == pool && current.role != Role.SOURCE;
    }
}
