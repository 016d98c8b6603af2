package dev.workpool.cluster.job;

/**
 * The error of a job that ran on another node, where its own class cannot be made here: it is not on the class path, or
 * has no public constructor that takes a message. Its stack is that of the other node. An {@link Error} of that kind
 * arrives as a plain {@link Error}, so that it is not taken for an exception.
 */
public final class RemoteFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** The name of its class. */
    private final String originalClass;

    /**
     * An error of another node.
     *
     * @param originalClass the name of its class
     * @param originalMessage its message; may be null
     */
    public RemoteFailure(String originalClass, String originalMessage) {
        super(originalMessage == null ? originalClass : originalClass + ": " + originalMessage);
        this.originalClass = originalClass;
    }

    /**
     * Returns the name of the error's own class.
     *
     * @return a binary name, as of {@link Class#getName}
     */
    public String originalClass() {
        return originalClass;
    }
}
