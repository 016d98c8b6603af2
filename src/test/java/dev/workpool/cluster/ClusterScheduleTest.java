package dev.workpool.cluster;

import dev.workpool.testkit.TestKitOptions;
import dev.workpool.testkit.WorkerPoolTestKit;
import org.junit.jupiter.api.Test;

/**
 * Pools and nodes in schedules that a seed decides, over ways that lose messages and are late: every job gets one outcome,
 * and the right one. {@code -Dschedules=10000} runs so many, {@code -Dschedules.first=42} begins with another seed than 0.
 */
class ClusterScheduleTest {
    private static final int SCHEDULES = Integer.getInteger("schedules", 60);
    private static final long FIRST = Long.getLong("schedules.first", 0);

    @Test
    void noFaultOfNodesOrNetworksLosesAJobOrRunsItToTwoOutcomes() {
        for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            try (WorkerPoolTestKit kit =
                    WorkerPoolTestKit.create(TestKitOptions.defaults().withSeed(seed))) {
                new ClusterSchedule(kit, seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dschedules=1 -Dschedules.first=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
