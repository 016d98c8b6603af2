package dev.workpool.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** A time that stands still until it is moved, and the timers that are set by it. Thread-safe. */
final class VirtualTime {
    /** Something to do at a time; of those of the same time, the one that was set first is first. */
    private final class Timer {
        final long dueNs;
        final long number;
        final Runnable task;

        Timer(long dueNs, Runnable task) {
            this.dueNs = dueNs;
            this.number = count++;
            this.task = task;
        }
    }

    private final TreeSet<Timer> timers = new TreeSet<>(
            Comparator.comparingLong((Timer timer) -> timer.dueNs).thenComparingLong(timer -> timer.number));
    private long count;
    private long nowNs;

    synchronized long nowNs() {
        return nowNs;
    }

    /**
     * Sets a timer.
     *
     * @return cancels it; false if that is too late
     */
    synchronized CancelTimer set(long delayNs, Runnable task) {
        long dueNs = nowNs + Math.max(0, delayNs);
        Timer timer = new Timer(dueNs < nowNs ? Long.MAX_VALUE : dueNs, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /** Cancels a timer. */
    @FunctionalInterface
    interface CancelTimer {
        boolean cancel();
    }

    private synchronized boolean cancel(Timer timer) {
        return timers.remove(timer);
    }

    /**
     * Moves to the earliest timer.
     *
     * @param latestNs no further than to this time
     * @return what is due then, in order; empty if there is no timer until then, and time has not moved
     */
    synchronized List<Runnable> next(long latestNs) {
        List<Runnable> due = new ArrayList<>();
        if (!timers.isEmpty() && timers.first().dueNs <= latestNs) {
            nowNs = Math.max(nowNs, timers.first().dueNs);
            while (!timers.isEmpty() && timers.first().dueNs <= nowNs) {
                due.add(timers.pollFirst().task);
            }
        }
        return due;
    }

    /** Moves to a time before which no timer is due. */
    synchronized void moveTo(long timeNs) {
        nowNs = Math.max(nowNs, timeNs);
    }
}
