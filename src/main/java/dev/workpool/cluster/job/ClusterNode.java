package dev.workpool.cluster.job;

/**
 * What a pool knows of a node that works for it. A snapshot; what a node says of itself is up to a quarter of a second
 * old.
 *
 * @param address of the node, such as {@code akka://shop@10.0.0.7:25520}
 * @param state whether it gets jobs
 * @param reason why it gets none, for people; empty if it does
 * @param workers how many workers it has, for all pools together; 0 if it has not said yet
 * @param running how many jobs it runs, for all pools together
 * @param out how many jobs of this pool it has
 * @param fenced how many reports of jobs were dropped that it was no longer to report
 */
public record ClusterNode(String address, State state, String reason, int workers, int running, long out, long fenced) {

    /** Whether a node gets jobs. */
    public enum State {
        /** It was asked to work for the pool, and has not answered yet. */
        CONNECTING,
        /** It gets jobs. */
        WORKING,
        /** The cluster cannot reach it: it gets no jobs for now, and what it had goes to others once its lease is over. */
        UNREACHABLE,
        /** It finishes its jobs, and gets no more. */
        LEAVING,
        /** It does not work for the pool: it speaks another version, or has other codecs. */
        REFUSING
    }
}
