package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.RunningJob;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that run for minutes of a time that the test moves. */
class LongRunningJobsTest {
    private static final String LOGGER = "dev.workpool.internal.router.LongRuns";
    private static final ActorTestKit KIT = ActorTestKit.create("long-running", ManualTime.config());
    private static final ManualTime TIME = ManualTime.get(KIT.system());
    private static final AtomicInteger POOLS = new AtomicInteger();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static WorkerPoolSettings settings() {
        return WorkerPoolSettings.create(KIT.system(), "long-" + POOLS.incrementAndGet())
                .withWorkers(1);
    }

    private static RunningJob awaitOne(WorkerPool<?, ?> pool) {
        return await().atMost(PoolTest.LONG)
                .until(() -> pool.runningJobs(2), running -> running.size() == 1)
                .get(0);
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void theAgeAndTheTimeLeftGoByThePoolsClock(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(KIT.system(), settings(), (job, context) -> {
            released.await();
            return job;
        })) {
            BatchOptions options =
                    BatchOptions.defaults().withTimeout(Duration.ofHours(1)).withJobTimeout(Duration.ofMinutes(10));
            Batch<Integer> batch = pool.submitAll(List.of(1), options);
            assertThat(awaitOne(pool).age()).isEqualTo(Duration.ZERO);
            TIME.timePasses(Duration.ofSeconds(90));
            RunningJob later = awaitOne(pool);
            assertThat(later.age()).isEqualTo(Duration.ofSeconds(90));
            assertThat(later.timeLeft()).hasValue(Duration.ofSeconds(510));
            assertThat(later.toString()).contains(", for 90.0 s, worker 0");
            released.countDown();
            PoolTest.get(batch.result());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void aJobThatHasRunForLongIsNamedOnce(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings =
                settings().withWarnAfter(Duration.ofMinutes(1)).withJobDescriber(Integer.class, job -> "order " + job);
        try (CapturedLog log = CapturedLog.of(LOGGER);
                WorkerPool<Integer, Integer> pool = kind.start(KIT.system(), settings, (job, context) -> {
                    released.await();
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(7), BatchOptions.named("nightly"));
            awaitOne(pool);
            TIME.timePasses(Duration.ofSeconds(59));
            assertThat(log.messages()).isEmpty();
            await().atMost(PoolTest.LONG).until(() -> {
                TIME.timePasses(Duration.ofSeconds(1)); // the router may not have set its timer yet
                return !log.messages().isEmpty();
            });
            assertThat(log.messages().get(0))
                    .startsWith("Pool '" + pool.name()
                            + "': a job has run for longer than warn-after. order 7, index 0 of batch " + batch.id()
                            + " 'nightly', attempt 1, for ")
                    .contains(kind.isAsync() ? " s: worker 0, " : " s: thread " + pool.name() + "-worker-0\n\tat ");
            assertThat(log.threads()).allMatch(thread -> thread.contains("callback"));
            TIME.timePasses(Duration.ofHours(1));
            released.countDown();
            PoolTest.get(batch.result());
            assertThat(log.messages()).hasSize(1);
        }
    }
}
