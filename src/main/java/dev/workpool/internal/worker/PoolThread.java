package dev.workpool.internal.worker;

import java.util.Optional;

/**
 * A mark that a thread bears while it runs users' code for a pool, so that it is noticed when that code is about to
 * wait for the pool. Immutable.
 *
 * <p>A worker's thread and a source's bear theirs for as long as they live. One of the async dispatcher bears it while
 * it calls handlers, which may be those of one pool inside of another's, where an executor runs what it is given on the
 * spot: so what was there before comes back.
 */
public final class PoolThread {
    /** What users' code it runs. */
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

    /** Takes the mark off; there may have been another before. */
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
