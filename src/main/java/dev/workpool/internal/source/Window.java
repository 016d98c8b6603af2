package dev.workpool.internal.source;

import dev.workpool.internal.akka.TestHarness;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits how many more jobs may be taken from a stream's source: at most a window of them ahead of those that are
 * delivered.
 *
 * <p>Threads: one takes, and waits here; one at a time delivers; any may close or poke. Whoever waits says for what
 * before he looks once more, and whoever delivers counts before he looks whether somebody waits: one of the two sees
 * the other.
 *
 * <p>A wake-up costs more than hundreds of cheap jobs, so who had to wait does so until a part of the window is free,
 * and half of what may go on without him is left; but not for long, since the rest may be full of jobs that wait for a
 * slow one of their key, while those of others are still to come.
 */
public final class Window {
    /** What {@link #await} gives when no more is to be taken. */
    public static final long CLOSED = -1;

    private static final long NOBODY = Long.MAX_VALUE;

    /** Long enough that to wake up so often costs next to nothing. */
    private static final long PATIENCE_NS = 2_000_000;

    private final long size;
    private final long part;

    private final TestHarness harness;

    private volatile boolean open;
    private volatile boolean closed;
    private volatile boolean poked;

    /** Jobs that were delivered. */
    private volatile long delivered;

    private volatile Thread waiting;
    private volatile long wakeAt = NOBODY;

    /**
     * A window through which nothing may be taken yet.
     *
     * @param size how many jobs may be taken and not delivered
     * @param workers how many may be busy; so many, twice, are always to be taken as long as there are
     * @param harness may have its own way to wait
     */
    public Window(int size, int workers, TestHarness harness) {
        this.harness = harness;
        this.size = size;
        this.part = Math.max(1, (size - 2L * workers) / 4);
    }

    /** Jobs may be taken. */
    public void open() {
        open = true;
        wake();
    }

    /** No more jobs are to be taken. */
    public void close() {
        closed = true;
        wake();
    }

    boolean isClosed() {
        return closed;
    }

    /** Has {@link #await} return. */
    public void poke() {
        poked = true;
        wake();
    }

    private void wake() {
        LockSupport.unpark(waiting);
    }

    /** A number of jobs, part of the window at most for the best, have been delivered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread at a time
    public void delivered(int jobs) {
        delivered += jobs;
        if (delivered >= wakeAt) {
            wakeAt = NOBODY;
            wake();
        }
    }

    /** How many jobs are well delivered at a time: few enough that there is always room for more. */
    int part() {
        return (int) Math.min(part, Integer.MAX_VALUE);
    }

    /**
     * Waits until more may be taken, or for {@link #poke}.
     *
     * @param taken how many have been
     * @return how many may be taken in all, or {@link #CLOSED}
     */
    public long await(long taken) {
        if (!goesOn(taken, 1)) {
            while (!goesOn(taken, 1)) {
                park(taken, 1, 0);
            }
            if (harness.isOneThread()) {
                return state(taken); // a wake-up costs nothing there
            }
            long patientUntil = System.nanoTime() + PATIENCE_NS;
            long left = PATIENCE_NS;
            while (!goesOn(taken, part) && left > 0) {
                park(taken, part, left);
                left = patientUntil - System.nanoTime();
            }
        }
        return state(taken);
    }

    private long state(long taken) {
        poked = false;
        return closed ? CLOSED : open ? delivered + size : taken;
    }

    /** Whether there is no reason to wait for room for so many. */
    private boolean goesOn(long taken, long room) {
        return closed || poked || (open && delivered + size - taken >= room);
    }

    /** Waits for room for so many; returns early at times. */
    private void park(long taken, long room, long mostNs) {
        if (harness.isOneThread() && harness.park(() -> goesOn(taken, room))) {
            return;
        }
        waiting = Thread.currentThread();
        wakeAt = taken - size + room;
        if (!goesOn(taken, room)) {
            if (mostNs == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, mostNs);
            }
            Thread.interrupted(); // a source may have left it, and parking would not wait
        }
        wakeAt = NOBODY;
    }
}
