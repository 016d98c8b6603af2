package dev.workpool.testkit;

import akka.actor.Cancellable;

/** Cancels a timer of virtual time, or a series of them. Thread-safe. */
final class TimerHandle implements Cancellable {
    /** Whether another follows each that has gone off. */
    private final boolean series;

    private VirtualTime.CancelTimer current = () -> false;
    private boolean cancelled;

    TimerHandle(boolean series) {
        this.series = series;
    }

    /** The next timer, which is cancelled at once if this is. */
    synchronized void follow(VirtualTime.CancelTimer next) {
        current = next;
        if (cancelled) {
            next.cancel();
        }
    }

    @Override
    public synchronized boolean cancel() {
        boolean now = !cancelled && (current.cancel() || series);
        cancelled |= now;
        return now;
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }
}
