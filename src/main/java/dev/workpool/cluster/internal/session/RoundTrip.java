package dev.workpool.cluster.internal.session;

/**
 * How long a message there and its answer take: the shortest of the last few, since others have waited for something beside the link. Of one
 * thread.
 */
public final class RoundTrip {
    private static final int REMEMBERED = 8;

    private final long[] lastNs = new long[REMEMBERED];
    private long count;

    /** One was so long. */
    public void add(long ns) {
        lastNs[(int) (count++ % REMEMBERED)] = ns;
    }

    /** In nanoseconds; 0 if none is known. */
    public long ns() {
        long shortest = count == 0 ? 0 : Long.MAX_VALUE;
        for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
            shortest = Math.min(shortest, lastNs[i]);
        }
        return shortest;
    }
}
