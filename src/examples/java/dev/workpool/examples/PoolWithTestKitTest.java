package dev.workpool.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * A test of a pool as of any other actor, and at its own pace: with Akka's {@link ManualTime} retries, time-outs, rates and all else that a pool
 * does by the clock go by that of the test, to the millisecond, and an hour takes no time.
 */
class PoolWithTestKitTest {
    private static final ActorTestKit KIT = ActorTestKit.create("pool-with-test-kit", ManualTime.config());
    private static final ManualTime TIME = ManualTime.get(KIT.system());

    /** How long an answer may take on a machine that has a lot to do; it comes at once. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LITTLE = Duration.ofMillis(1);

    private final TestProbe<Outcome<Integer>> outcomes = KIT.createTestProbe();
    private final TestProbe<PoolStats> stats = KIT.createTestProbe();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    // README: a test
    @Test
    void aJobIsDoubled() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(KIT.system(), "doublers");
        ActorRef<PoolCommand<Integer, Integer>> pool =
                KIT.spawn(WorkerPool.behavior(settings, (Integer job) -> job * 2));
        pool.tell(new PoolCommand.Submit<>(21, outcomes.ref()));
        assertEquals(new Outcome.Succeeded<>(42, 1), outcomes.receiveMessage(SOON));
    }
    // README: end

    @Test
    void aJobThatFailsIsTriedAgainAnHourLater() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(KIT.system(), "patient")
                .withRetry(RetryPolicy.attempts(2).withFixedBackoff(HOUR));
        ActorRef<PoolCommand<Integer, Integer>> pool =
                KIT.spawn(WorkerPool.behavior(settings, (Integer job, JobContext context) -> {
                    if (context.attempt() == 1) {
                        throw new IOException("busy");
                    }
                    return job;
                }));
        pool.tell(new PoolCommand.Submit<>(7, outcomes.ref()));
        awaitQuiet(pool);
        TIME.timePasses(HOUR.minus(LITTLE));
        assertEquals(1, awaitQuiet(pool).queued()); // it still waits for its turn
        outcomes.expectNoMessage(Duration.ZERO);
        TIME.timePasses(LITTLE);
        assertEquals(new Outcome.Succeeded<>(7, 2), outcomes.receiveMessage(SOON));
    }

    @Test
    void aJobThatHangsTimesOutAfterAnHour() throws Exception {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(KIT.system(), "hasty").withJobTimeout(HOUR);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        ActorRef<PoolCommand<Integer, Integer>> pool = KIT.spawn(WorkerPool.behavior(settings, (Integer job) -> {
            running.countDown();
            never.await(); // it is interrupted
            return job;
        }));
        pool.tell(new PoolCommand.Submit<>(7, outcomes.ref()));
        running.await();
        TIME.timePasses(HOUR.minus(LITTLE));
        assertEquals(1, stats(pool).running());
        outcomes.expectNoMessage(Duration.ZERO);
        TIME.timePasses(LITTLE);
        assertEquals(new Outcome.TimedOut<>(HOUR, 1), outcomes.receiveMessage(SOON));
    }

    /**
     * Waits until nothing runs, and the pool has seen to what has ended: it answers once it has done all that it was told before. What a handler
     * has just returned may be on its way yet when it answers first, but not when it answers once more.
     */
    private PoolStats awaitQuiet(ActorRef<PoolCommand<Integer, Integer>> pool) {
        stats.awaitAssert(SOON, () -> {
            assertEquals(0, stats(pool).running());
            return null;
        });
        return stats(pool);
    }

    private PoolStats stats(ActorRef<PoolCommand<Integer, Integer>> pool) {
        pool.tell(new PoolCommand.GetStats<>(stats.ref()));
        return stats.receiveMessage(SOON);
    }
}
