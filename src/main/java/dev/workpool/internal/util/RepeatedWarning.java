package dev.workpool.internal.util;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A warning that may come often. The first is written at once, those of the second after it as one, with their count
 * and the earliest of them as a sample, and so on. Confined to one actor's thread.
 *
 * <p>What writes it runs elsewhere, since an appender may block. It never piles up: what comes while one is being
 * written is counted.
 *
 * @param <T> a sample
 */
public final class RepeatedWarning<T> {
    /** What comes within this time of the last one is written together. */
    static final long TOGETHER_NS = TimeUnit.SECONDS.toNanos(1);

    /** Writes one. */
    @FunctionalInterface
    public interface Writer<T> {
        /**
         * Writes one; may block.
         *
         * @param count how many it is about
         * @param sample the earliest of them
         */
        void write(int count, T sample);
    }

    private final Executor executor;
    private final Writer<T> writer;

    /** What is not written yet. */
    private int count;

    private T sample;

    private long dueNs;
    private boolean everWritten;

    /** Set by the actor's thread, cleared by the executor's. */
    private volatile boolean writing;

    /**
     * One that has not come.
     *
     * @param executor runs the writer, one task after another
     * @param writer writes
     */
    public RepeatedWarning(SerialExecutor executor, Writer<T> writer) {
        this.executor = executor;
        this.writer = writer;
    }

    public void add(T one, long nowNs) {
        count++;
        sample = count == 1 ? one : sample;
        look(nowNs);
    }

    /** Writes what is due. */
    public void look(long nowNs) {
        if (count == 0 || (everWritten && nowNs < dueNs)) {
            return;
        }
        if (writing) {
            dueNs = nowNs + TOGETHER_NS;
        } else {
            write(nowNs);
        }
    }

    /** When to call {@link #look}; {@link TimerQueue#NEVER} if there is nothing to write. */
    public long nextDueNs() {
        return count == 0 ? TimerQueue.NEVER : dueNs;
    }

    /** Nothing comes any more, and what is not written yet is, even if that has to wait for the one before. */
    public void end(long nowNs) {
        if (count > 0) {
            write(nowNs);
        }
    }

    private void write(long nowNs) {
        int all = count;
        T first = sample;
        count = 0;
        sample = null;
        dueNs = nowNs + TOGETHER_NS;
        everWritten = true;
        writing = true;
        executor.execute(() -> {
            try {
                writer.write(all, first);
            } finally {
                writing = false;
            }
        });
    }
}
