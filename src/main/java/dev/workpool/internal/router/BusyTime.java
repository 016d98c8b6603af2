package dev.workpool.internal.router;

/** Measures how many workers are at work, and for how long they were in total. Confined to the router's thread. */
final class BusyTime {
    private int busy;
    private long totalNs;
    private long sinceNs;

    int busy() {
        return busy;
    }

    /** For how long they were, until {@link #sinceNs}. */
    long totalNs() {
        return totalNs;
    }

    long sinceNs() {
        return sinceNs;
    }

    /** Changes the number of busy workers. */
    void change(int by, long nowNs) {
        totalNs += Math.max(0, nowNs - sinceNs) * busy;
        sinceNs = nowNs;
        busy += by;
    }
}
