package dev.workpool.internal.worker;

import dev.workpool.internal.slice.Slice;
import java.util.function.LongSupplier;

/**
 * A chunk on its way to a worker and back, as its runner sees it: the jobs, and which of them have begun and ended.
 * Immutable.
 */
public class Task<J, R> {
    public final Slice<R> slice;
    public final Chunk<J, R> chunk;

    /**
     * A chunk of which nothing has begun.
     *
     * @param slice its jobs
     * @param clock of the pool
     */
    public Task(Slice<R> slice, LongSupplier clock) {
        this.slice = slice;
        this.chunk = new Chunk<>(slice, clock);
    }
}
