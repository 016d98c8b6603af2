package dev.workpool.cluster.internal.wire;

/** Carries the bytes of a handler's error through the pool of a station, to which the error is its cause. */
public final class EncodedFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;

    /**
     * An error.
     *
     * @param error what the handler threw
     * @param bytes the same
     */
    public EncodedFailure(Throwable error, byte[] bytes) {
        super(null, error, false, false);
        this.bytes = bytes;
    }

    public byte[] bytes() {
        return bytes;
    }
}
