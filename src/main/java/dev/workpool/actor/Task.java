package dev.workpool.actor;

import java.util.function.LongSupplier;

/** A chunk on its way to a worker and back, as far as its runner has to know: the jobs, and which of them are begun and ended. Immutable. */
class Task<J, R> {
    final Slice<R> slice;
    final Chunk<J, R> chunk;

    /**
     * A chunk of which nothing has begun.
     *
     * @param slice its jobs
     * @param clock of the pool
     */
    Task(Slice<R> slice, LongSupplier clock) {
        this.slice = slice;
        this.chunk = new Chunk<>(slice, clock);
    }
}
