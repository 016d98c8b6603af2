package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.wire.EncodedJob;
import java.util.function.LongSupplier;

/**
 * The time that a session has until somebody else may run its jobs. Renewed by the station's thread; asked by workers
 * before each job, so that a process that was stopped and goes on begins nothing. Once it is over it stays so.
 */
final class Lease implements EncodedJob.Origin {
    private final int version;
    private final int maxResultBytes;
    private final LongSupplier clock;

    /** Written by the station's thread alone. */
    private volatile long endsNs;

    private volatile boolean over;

    /**
     * A lease.
     *
     * @param version of the codec of the session's jobs
     * @param maxResultBytes how large a result may be for the fleet
     * @param clock nanoseconds
     * @param endsNs when it ends
     */
    Lease(int version, int maxResultBytes, LongSupplier clock, long endsNs) {
        this.version = version;
        this.maxResultBytes = maxResultBytes;
        this.clock = clock;
        this.endsNs = endsNs;
    }

    void renew(long untilNs) {
        endsNs = untilNs;
    }

    void end() {
        over = true;
    }

    boolean isOver() {
        if (!over && clock.getAsLong() - endsNs > 0) {
            over = true;
        }
        return over;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public int maxResultBytes() {
        return maxResultBytes;
    }

    @Override
    public boolean mayBegin() {
        return !isOver();
    }
}
