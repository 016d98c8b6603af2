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

    /** The router checks now. Whatever needs another check asks for it again. */
    void clear() {
        nextNs = TimerQueue.NEVER;
    }
}
