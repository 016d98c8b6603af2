package dev.workpool.support;

import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;

/** Snapshots of pools that there are not. */
public final class Snapshots {
    private Snapshots() {}

    /** An idle pool, whose jobs have all succeeded. */
    public static PoolSnapshot of(long succeeded) {
        return new PoolSnapshot(
                "pool",
                succeeded,
                succeeded,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Long.MAX_VALUE,
                0,
                0,
                1,
                1,
                1,
                0,
                false,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                new JobTimes(() -> 0).durations(),
                new JobTimes(() -> 0).waits());
    }
}
