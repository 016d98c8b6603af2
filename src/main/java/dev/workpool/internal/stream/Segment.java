package dev.workpool.internal.stream;

import java.util.BitSet;

/**
 * Neighbouring jobs of a stream, and which of them have their outcome.
 *
 * <p>Threads: whoever fills it writes a job, and {@link #next}, before it publishes that there is one more; workers
 * read a job that was granted after that. All methods are for the thread that has the stream's ledger.
 */
final class Segment {
    /** Index of the first job. */
    final long base;

    final Object[] jobs;

    /**
     * What follows it. The dispatcher takes it away when it goes on: else a dead one could keep all after it from the
     * collector.
     */
    Segment next;

    private final BitSet settled;
    private int open;

    Segment(long base, int size) {
        this(base, new Object[size]);
    }

    Segment(long base, Object[] jobs) {
        this.base = base;
        this.jobs = jobs;
        this.settled = new BitSet(jobs.length);
        this.open = jobs.length;
    }

    boolean contains(long index) {
        return index >= base && index - base < jobs.length;
    }

    int size() {
        return jobs.length;
    }

    /** The first open job from an offset on, or {@code end}. */
    int nextOpen(int offset, int end) {
        return Math.min(settled.nextClearBit(offset), end);
    }

    /** The first job from an offset on that has its outcome, or {@code end}. */
    int nextSettled(int offset, int end) {
        int next = settled.nextSetBit(offset);
        return next < 0 ? end : Math.min(next, end);
    }

    /** Jobs, all of them open, have their outcome. */
    void settle(int from, int to) {
        settled.set(from, to);
        open -= to - from;
    }

    boolean isOpen(int offset) {
        return !settled.get(offset);
    }

    boolean isSettled() {
        return open == 0;
    }
}
