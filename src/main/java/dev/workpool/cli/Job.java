package dev.workpool.cli;

/** One job of a run: an input, its place in the order of inputs, and the time that its handler took. */
final class Job {
    private final long index;
    private final Input input;
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
        began = System.nanoTime();
        if (input.problem() != null) {
            end();
            throw new JobFailure(input.problem());
        }
    }

    void end() {
        nanos = System.nanoTime() - began;
    }

    /** How long the handler took, waiting excluded; 0 for a job that never ran or was abandoned. */
    long nanos() {
        return nanos;
    }
}
