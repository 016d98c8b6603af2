package dev.workpool.cli;

import java.util.concurrent.atomic.AtomicInteger;

/** One job of a run: an input, its place in the order of inputs, how often its handler was called, when, and for how long. */
final class Job {
    private final long index;
    private final Input input;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile long start;
    private volatile long began;
    private volatile long nanos;

    Job(long index, Input input) {
        this.index = index;
        this.input = input;
    }

    long index() {
        return index;
    }

    Input input() {
        return input;
    }

    /** The handler begins. Fails if the input was no good to begin with. */
    void begin() throws JobFailure {
        attempts.incrementAndGet();
        start = System.currentTimeMillis();
        began = System.nanoTime();
        if (input.problem() != null) {
            end();
            throw new JobFailure(input.problem());
        }
    }

    void end() {
        nanos = System.nanoTime() - began;
    }

    /** How often the handler was called; 0 for a job that never ran. */
    int attempts() {
        return attempts.get();
    }

    /** When the handler was called last, in milliseconds since 1970; 0 for a job that never ran. */
    long start() {
        return start;
    }

    /** How long the handler took, waiting excluded; 0 for a job that never ran or was abandoned. */
    long nanos() {
        return nanos;
    }
}
