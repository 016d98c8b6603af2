package dev.workpool.internal.router;

import dev.workpool.internal.util.TimerQueue;

/** Keeps the latest time at which the router has to look after its workers next. Confined to the router's thread. */
final class Agenda {
    private long nextNs = TimerQueue.NEVER;

    long nextNs() {
        return nextNs;
    }

    void lookBy(long timeNs) {
        nextNs = Math.min(nextNs, timeNs);
    }

    /** The router looks now; whoever has to be looked after again says so. */
    void clear() {
        nextNs = TimerQueue.NEVER;
    }
}
