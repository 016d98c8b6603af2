package dev.workpool.cluster.job;

/**
 * A job has failed since the nodes that ran it were lost: as often as {@code max-runs} says, or once where jobs are
 * delivered at most once. It may have done its work, wholly or in part.
 */
public final class NodeLostException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A job has lost its node.
     *
     * @param message how often, and which node was the last
     */
    public NodeLostException(String message) {
        super(message);
    }
}
