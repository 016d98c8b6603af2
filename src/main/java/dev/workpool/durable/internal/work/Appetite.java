package dev.workpool.durable.internal.work;

/**
 * Decides when the store is asked for jobs, and how many are taken from those who enqueue in this process without asking
 * it. While the store is known to have none that are due, nobody asks again until somebody tells of jobs, or it is time
 * to look: jobs of this process are handed over meanwhile, as many as soon begin. The actor's alone.
 */
final class Appetite {
    /** Jobs that begin later than others would hear of them are for others, too. */
    static final long SOON_NS = 20_000_000;

    private static final long REPORT_EVERY_NS = 1_000_000_000L;

    private final Reach reach;
    private final boolean isKeyed;
    private boolean mayFind = true;
    private boolean isDry;
    private boolean isStopped;
    private long reportedNs = System.nanoTime() - REPORT_EVERY_NS;

    /**
     * Nothing is known yet.
     *
     * @param isKeyed whether jobs have their turn in lanes: then the end of one may let the store give another
     */
    Appetite(Reach reach, boolean isKeyed) {
        this.reach = reach;
        this.isKeyed = isKeyed;
    }

    /** There may be jobs in the store, which come before those that are enqueued from now on. */
    void wake() {
        mayFind = true;
        isDry = false;
        reach.setRoom(0, false);
    }

    /** It is time to look whether there are any. */
    void look() {
        mayFind = true;
    }

    /** Whether it is of use to ask the store. */
    boolean mayFind() {
        return mayFind || isKeyed;
    }

    /** The store is being asked. */
    void asks() {
        mayFind = false;
    }

    /** The store has none that are due. */
    void foundNone() {
        isDry = true;
    }

    /** Nobody is to begin any. */
    void paused() {
        isDry = false;
        reach.setRoom(0, false);
        reach.pauseHeard();
    }

    /** Takes no more. */
    void stop() {
        isStopped = true;
        reach.setRoom(0, false);
    }

    /**
     * Offers to take jobs that are enqueued here.
     *
     * @param running how many are held
     * @param soon how many begin soon
     */
    void offer(int running, int soon) {
        boolean takes = isDry && !isKeyed && !isStopped;
        reach.setRoom(takes ? Math.max(0, soon - running) : 0, takes && running == 0);
    }

    /** Whether it is time to tell others that there is nothing to do here. */
    boolean isToReport(long nowNs) {
        boolean isTime = nowNs - reportedNs >= REPORT_EVERY_NS;
        reportedNs = isTime ? nowNs : reportedNs;
        return isTime;
    }
}
