package dev.workpool.internal.router;

/**
 * Decides how many jobs a worker is handed at a time: as many as fill the budget at the measured cost of a job, at most
 * a fair share of the jobs left.
 *
 * <p>The cost is a moving average over the last budgets of worker time: earlier measurements fade by half for each
 * budget of time that a new one covers. So a thousand cheap jobs outweigh the cold first one at once, and one expensive
 * job outweighs them all. Used by one thread.
 */
final class ChunkSizer {
    /**
     * A measurement counts as so many budgets at most; how much dearer it was matters to no decision, only delays the
     * next.
     */
    private static final long MOST_BUDGETS = 4;

    /** A chunk that is out for this many times its budget is overdue. */
    static final int OVERDUE_BUDGETS = 2;

    /**
     * The router's thread is to have this long for each chunk, or a thousand workers would keep it from everything
     * else: so the more workers there are, the more a chunk is, up to a bound, as whoever waits behind a slow job waits
     * for longer.
     */
    static final long ROUTER_NS = 100_000;

    static final long LARGEST_BUDGET_NS = 100_000_000;

    /**
     * Less work than this is worth no message: neither to hand it out by itself nor to take it away from whoever has
     * it.
     */
    static final long WORTH_A_MESSAGE_NS = 10_000;

    /**
     * What a batch is handed out at least when its turn has come, or a thousand batches would have a thousand times as
     * many chunks.
     */
    private static final long TURN_NS = 500_000;

    /** What takes less time than this is over sooner than a thread is woken. */
    private static final long SOON_NS = 20_000;

    private final long leastBudgetNs;
    private final int maxJobs;

    private long budgetNs;

    private double recentNs;
    private double recentJobs;

    /**
     * A sizer, which has not been told yet how many workers there are.
     *
     * @param budgetNs how much work a chunk is, if there are few workers
     * @param maxJobs the most jobs in it
     */
    ChunkSizer(long budgetNs, int maxJobs) {
        this.leastBudgetNs = budgetNs;
        this.maxJobs = maxJobs;
        this.budgetNs = budgetNs;
    }

    /** Tells how many workers there are. */
    void workers(int workers) {
        budgetNs = Math.max(leastBudgetNs, Math.min(workers * ROUTER_NS, LARGEST_BUDGET_NS));
    }

    /** {@return after how many nanoseconds a chunk is overdue} */
    long overdueNs() {
        return OVERDUE_BUDGETS * budgetNs;
    }

    /**
     * Takes a measurement in.
     *
     * @param jobs how many jobs were run, 1 or more
     * @param elapsedNs how long they took together
     */
    void record(int jobs, long elapsedNs) {
        long countedNs = Math.max(1, Math.min(elapsedNs, MOST_BUDGETS * budgetNs));
        double fade = Math.exp(-Math.log(2) * Math.max(1, elapsedNs) / budgetNs);
        recentNs = recentNs * fade + countedNs;
        recentJobs = recentJobs * fade + jobs;
    }

    /** Forgets all measurements, since they have turned out to tell nothing about the current jobs. */
    void forget() {
        recentNs = 0;
        recentJobs = 0;
    }

    /**
     * The cost of a job.
     *
     * @return in nanoseconds; 0 as long as it is not known
     */
    double costNs() {
        return recentJobs == 0 ? 0 : recentNs / recentJobs;
    }

    /** Whether so many jobs are over in less time than it takes to wait for them otherwise than awake. */
    boolean isSoonOver(int jobs) {
        double cost = costNs();
        return cost > 0 && jobs * cost < SOON_NS;
    }

    /**
     * How many jobs fill the budget; a single one as long as their cost is not known.
     *
     * @return 1 to the most jobs allowed
     */
    int target() {
        double cost = costNs();
        return cost == 0 ? 1 : (int) Math.max(1, Math.min(maxJobs, budgetNs / cost));
    }

    /**
     * How many chunks a worker has at a time: two, so that it does not wait for a round trip, and of many workers that
     * are done at once the last not for all the others'; but one where a job takes so long that the second would only
     * be recalled as overdue, or may. And one where chunks are not wanted: a job that waits behind another would begin
     * after those that came after it.
     *
     * @return 1 or 2
     */
    int depth() {
        double cost = costNs();
        return cost == 0 || cost > overdueNs() || maxJobs == 1 ? 1 : 2;
    }

    /**
     * How many jobs are worth a message.
     *
     * @return 1 or more; 1 as long as their cost is not known
     */
    long worth() {
        double cost = costNs();
        return cost == 0 ? 1 : (long) (WORTH_A_MESSAGE_NS / cost) + 1;
    }

    /**
     * {@return how many jobs a batch is handed out at least when its turn has come, if it has them: 1 to the most of a
     * chunk}
     */
    int turn() {
        double cost = costNs();
        return cost == 0 ? 1 : (int) Math.max(1, Math.min(target(), TURN_NS / cost));
    }

    /**
     * The size of the next chunk. What is left is shared evenly among the places that are free as soon as it does not
     * fill them: in ever smaller chunks (guided self-scheduling) the end of a batch would be more even, but would wait
     * for a message with each of them, while the router's thread waits for a core that workers keep busy. What turns
     * out uneven is taken back for the idle.
     *
     * @param left jobs that are not handed out yet, 1 or more
     * @param places how many chunks could be handed out now, 1 or more
     * @return 1 to left
     */
    int next(long left, int places) {
        long share = Math.max(Math.min(left, worth()), (left + places - 1) / places);
        return (int) Math.min(target(), share);
    }
}
