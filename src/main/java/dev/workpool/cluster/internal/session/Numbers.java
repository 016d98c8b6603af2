package dev.workpool.cluster.internal.session;

/** The numbers of a session's small messages, in both directions. Of one thread. */
public final class Numbers {
    private long sent;
    private long heard;

    /** The number of the next message that is sent. */
    public long next() {
        return ++sent;
    }

    /**
     * A message has come.
     *
     * @throws Gap if one before it has not
     */
    public void heard(long number) throws Gap {
        if (number != heard + 1) {
            throw new Gap("message", heard + 1, number);
        }
        heard = number;
    }
}
