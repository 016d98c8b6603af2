package dev.workpool.internal.worker;

import dev.workpool.internal.slice.Slice;
import java.util.function.LongSupplier;

/** A chunk on its way to a worker and back, as its runner sees it: the jobs, and which of them have begun and ended. */
public class Task<J, R> {
    public final Slice<R> slice;
    public final Chunk<J, R> chunk;
    private final LongSupplier clock;

    /** When its runner began it. Written before its first job is claimed; for whoever has seen that one is. */
    private long begunNs;

    /** Whether its handler was told to stop in vain, and its job was settled without it. Written by the router. */
    private volatile boolean abandoned;

    /**
     * A chunk of which nothing has begun.
     *
     * @param slice its jobs
     * @param clock of the pool
     */
    public Task(Slice<R> slice, LongSupplier clock) {
        this.slice = slice;
        this.chunk = new Chunk<>(slice, clock);
        this.clock = clock;
    }

    /** For its runner, before the first job. */
    public void begins() {
        begunNs = clock.getAsLong();
    }

    /**
     * When the job began that runs, or the whole chunk if nobody asks for the time of each job. For any thread that has
     * seen that one runs.
     *
     * @return on the pool's clock
     */
    public long jobBegunNs() {
        return chunk.timesJobs() ? chunk.begunNs() : begunNs;
    }

    public void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }
}
