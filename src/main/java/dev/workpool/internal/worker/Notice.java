package dev.workpool.internal.worker;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Tells the handler of a stopped job to stop, and knows how far that is. The router makes one for each job that it
 * stops; whoever the job's runner passes it to delivers it. Thread-safe.
 *
 * <p>The handler counts as told when the notice was delivered and the parts that are left to another thread have begun:
 * the last of its onCancel actions, or the cancellation of its stage.
 */
public final class Notice<J, R> {
    public final Chunk<J, R> chunk;
    public final int position;
    private final LongSupplier clock;
    private final Runnable onTold;

    /** How often delivery was asked for, less the times that have been handled. */
    private final AtomicInteger asked = new AtomicInteger();

    private final AtomicBoolean delivered = new AtomicBoolean();

    /** The number of parts that have not begun: its delivery, and the parts that this left to others. */
    private final AtomicInteger open = new AtomicInteger(1);

    private volatile long toldNs;

    /** Whether somebody waits for the handler to be told. */
    private final AtomicBoolean awaited = new AtomicBoolean();

    /**
     * A notice that nobody was told of.
     *
     * @param chunk what the job is in
     * @param position the job, which was stopped
     * @param clock nanoseconds
     * @param onTold called if {@link #await} was, on any thread; must not block
     */
    public Notice(Chunk<J, R> chunk, int position, LongSupplier clock, Runnable onTold) {
        this.chunk = chunk;
        this.position = position;
        this.clock = clock;
        this.onTold = onTold;
    }

    /**
     * Asks for it to be delivered, perhaps once more.
     *
     * @return whether the caller has to see to it that {@link #deliver} is called; if not, somebody is at it and will
     *     do it again
     */
    public boolean ask() {
        return asked.getAndIncrement() == 0;
    }

    /** Delivers it, and again as long as that was asked for meanwhile. So it is never delivered twice at a time. */
    public void deliver(Runnable delivery) {
        int seen;
        do {
            seen = asked.get();
            try {
                delivery.run();
            } finally {
                if (delivered.compareAndSet(false, true)) {
                    begins();
                }
            }
        } while (asked.addAndGet(-seen) > 0);
    }

    /** Something that the handler is to hear waits for a thread; {@link #begins} is called when it has one. */
    void leave() {
        open.incrementAndGet();
    }

    void begins() {
        toldNs = clock.getAsLong();
        if (open.decrementAndGet() == 0) {
            tellIfAwaited();
        }
    }

    public boolean isTold() {
        return open.get() == 0;
    }

    /** When the handler was told, if it was. */
    public long toldNs() {
        return toldNs;
    }

    /** Calls {@code onTold} once when the handler has been told, at once if it has. */
    public void await() {
        awaited.set(true);
        if (isTold()) {
            tellIfAwaited();
        }
    }

    private void tellIfAwaited() {
        if (awaited.compareAndSet(true, false)) {
            onTold.run();
        }
    }
}
