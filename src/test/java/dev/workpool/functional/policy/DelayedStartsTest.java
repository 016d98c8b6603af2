package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that do not begin at once: after a delay, or one after another as a hedge says, to the millisecond. */
@Timeout(120) // what waits in a time that stands still waits for ever
class DelayedStartsTest {
    private static final ActorTestKit KIT = ActorTestKit.create("delays", ManualTime.config());
    private static final ActorSystem<Void> SYSTEM = KIT.system();
    private static final ManualTime TIME = ManualTime.get(SYSTEM);
    private static final Duration LITTLE = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final BatchOptions HEDGED = BatchOptions.defaults().withHedge(HOUR);

    /** The jobs that have begun, and their answers: of one that is left open, that it was cancelled. */
    private final Queue<Integer> begun = new ConcurrentLinkedQueue<>();

    private final List<CompletableFuture<Integer>> answers = List.of(
            new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>());

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static WorkerPoolSettings settings(String name) {
        return WorkerPoolSettings.create(SYSTEM, name).withWorkers(4);
    }

    private WorkerPool<Integer, Integer> start(WorkerPoolSettings settings) {
        return WorkerPool.startAsync(SYSTEM, settings, (Integer job, dev.workpool.job.JobContext context) -> {
            begun.add(job);
            return answers.get(job);
        });
    }

    private static void pass(WorkerPool<?, ?> pool, Duration duration) throws Exception {
        PoolTest.get(pool.stats());
        TIME.timePasses(duration);
        PoolTest.get(pool.stats());
    }

    /** Those that may begin at a time do so on several threads, in any order. */
    private void assertBegun(WorkerPool<?, ?> pool, Integer... jobs) throws Exception {
        PoolStats stats = PoolTest.get(pool.stats());
        await().atMost(PoolTest.LONG).untilAsserted(() -> assertThat(begun).containsExactlyInAnyOrder(jobs));
        assertThat(stats.accepted()).isEqualTo(PoolTest.get(pool.stats()).accepted());
    }

    @Test
    void aJobWaitsForItsDelay() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("delay"))) {
            CompletableFuture<Integer> job =
                    pool.submit(0, JobOptions.defaults().withDelay(HOUR));
            pass(pool, HOUR.minus(LITTLE));
            assertBegun(pool);
            assertThat(PoolTest.get(pool.stats()).queued()).isEqualTo(1);
            pass(pool, LITTLE);
            assertBegun(pool, 0);
            answers.get(0).complete(7);
            assertThat(PoolTest.get(job)).isEqualTo(7);
        }
    }

    @Test
    void itIsCancelledWhileItWaits() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("delay-cancelled"))) {
            CompletableFuture<Integer> job =
                    pool.submit(0, JobOptions.defaults().withDelay(HOUR));
            Batch<Integer> batch =
                    pool.submitAll(List.of(1, 2), BatchOptions.defaults().withDelay(HOUR));
            job.cancel(false);
            batch.cancel();
            assertThat(PoolTest.get(batch.result()).outcomes())
                    .containsExactly(new Outcome.Cancelled<>(0), new Outcome.Cancelled<>(0));
            await().atMost(PoolTest.LONG)
                    .untilAsserted(() ->
                            assertThat(PoolTest.get(pool.stats()).cancelled()).isEqualTo(3));
            pass(pool, HOUR);
            assertBegun(pool);
        }
    }

    @Test
    void aPoolThatDrainsWaitsForItAndOneThatAbortsDoesNot() throws Exception {
        WorkerPool<Integer, Integer> drained = start(settings("delay-drained"));
        CompletableFuture<Integer> job = drained.submit(0, JobOptions.defaults().withDelay(HOUR));
        CompletionStage<akka.Done> end = drained.drain();
        pass(drained, HOUR);
        assertBegun(drained, 0);
        answers.get(0).complete(1);
        assertThat(PoolTest.get(job)).isEqualTo(1);
        PoolTest.get(end);

        WorkerPool<Integer, Integer> aborted = start(settings("delay-aborted"));
        Batch<Integer> batch =
                aborted.submitAll(List.of(1, 2), BatchOptions.defaults().withDelay(HOUR));
        PoolTest.get(aborted.abort());
        assertThat(PoolTest.get(batch.result()).cancelled()).isEqualTo(2);
    }

    /** Nobody moves the time any more. */
    @Test
    void closeCancelsWhatWaits() throws Exception {
        WorkerPool<Integer, Integer> pool = start(settings("delay-closed"));
        Batch<Integer> delayed =
                pool.submitAll(List.of(1, 2), BatchOptions.defaults().withDelay(HOUR));
        Batch<Integer> hedged = pool.submitAll(List.of(0, 1, 2), HEDGED);
        assertBegun(pool, 0);
        answers.get(0).complete(5);
        pool.close();
        assertThat(PoolTest.get(delayed.result()).outcomes())
                .containsExactly(new Outcome.Cancelled<>(0), new Outcome.Cancelled<>(0));
        assertThat(PoolTest.get(hedged.result()).outcomes())
                .containsExactly(new Outcome.Succeeded<>(5, 1), new Outcome.Cancelled<>(0), new Outcome.Cancelled<>(0));
    }

    @Test
    void itTakesAPlaceInTheQueue() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("delay-full").withQueueCapacity(2, WhenFull.REJECT))) {
            assertThat(pool.submitAll(List.of(1, 2), BatchOptions.defaults().withDelay(HOUR))
                            .isRejected())
                    .isFalse();
            PoolTest.get(pool.stats());
            assertThat(PoolTest.get(pool.submitAll(List.of(0, 0, 0, 0, 0, 0, 0)).result())
                            .rejected())
                    .isEqualTo(7);
            pass(pool, HOUR);
            assertBegun(pool, 1, 2);
            answers.get(1).complete(1);
            answers.get(2).complete(2);
        }
    }

    /** Those begin at once, and what fails of them lets no other begin. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void jobsThatTheirSubmitterRunsLeaveTheOthersToTheirTime(boolean hedged) throws Exception {
        BatchOptions delayed = BatchOptions.defaults().withDelay(HOUR);
        answers.get(1).completeExceptionally(new IllegalStateException("no"));
        answers.get(2).completeExceptionally(new IllegalStateException("no"));
        try (WorkerPool<Integer, Integer> pool =
                start(settings("delay-caller-runs").withWorkers(1).withQueueCapacity(2, WhenFull.CALLER_RUNS))) {
            pool.submit(0);
            assertBegun(pool, 0);
            Batch<Integer> batch = pool.submitAll(List.of(3, 3, 1, 2), hedged ? delayed.withHedge(HOUR) : delayed);
            answers.get(0).complete(0);
            assertBegun(pool, 0, 2, 1);
            pass(pool, HOUR.minus(LITTLE));
            assertBegun(pool, 0, 2, 1);
            pass(pool, LITTLE);
            assertBegun(pool, 0, 2, 1, 3);
            answers.get(3).complete(3);
            pass(pool, HOUR);
            assertThat(PoolTest.get(batch.result()).succeeded()).isEqualTo(2);
        }
    }

    @Test
    void theNextCompetitorBeginsAfterTheHedge() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("hedge"))) {
            Batch<Integer> batch = pool.submitAll(List.of(0, 1, 2, 3), HEDGED);
            assertBegun(pool, 0);
            pass(pool, HOUR.minus(LITTLE));
            assertBegun(pool, 0);
            pass(pool, LITTLE);
            assertBegun(pool, 0, 1);
            pass(pool, HOUR);
            assertBegun(pool, 0, 1, 2);
            answers.get(1).complete(42);
            assertThat(PoolTest.get(batch.firstSuccess())).isEqualTo(42);
            BatchResult<Integer> result = PoolTest.get(batch.result());
            assertThat(result.outcomes().get(3)).isEqualTo(new Outcome.Cancelled<>(0));
            assertThat(result.cancelled()).isEqualTo(3);
            pass(pool, HOUR);
            assertBegun(pool, 0, 1, 2);
        }
    }

    @Test
    void orAtOnceWhenOneFails() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("hedge-failure"))) {
            Batch<Integer> batch = pool.submitAll(List.of(0, 1, 2, 3), HEDGED);
            assertBegun(pool, 0);
            pass(pool, HOUR.dividedBy(2));
            answers.get(0).completeExceptionally(new IllegalStateException("no"));
            assertBegun(pool, 0, 1);
            pass(pool, HOUR.minus(LITTLE)); // anew, from when the second has begun
            assertBegun(pool, 0, 1);
            answers.get(1).completeExceptionally(new IllegalStateException("no"));
            assertBegun(pool, 0, 1, 2);
            answers.get(2).complete(3);
            assertThat(PoolTest.get(batch.firstSuccess())).isEqualTo(3);
        }
    }

    @Test
    void ifAllFailAllHaveBegun() throws Exception {
        answers.forEach(answer -> answer.completeExceptionally(new IllegalStateException("no")));
        try (WorkerPool<Integer, Integer> pool = start(settings("hedge-all-fail"))) {
            BatchResult<Integer> result =
                    PoolTest.get(pool.submitAll(List.of(0, 1, 2, 3), HEDGED).result());
            assertThat(result.failed()).isEqualTo(4);
            assertBegun(pool, 0, 1, 2, 3);
        }
    }

    /** A hedge ends nothing; a halt policy does. */
    @Test
    void aSuccessEndsItWhereAPolicySaysSo() throws Exception {
        answers.get(0).complete(1);
        try (WorkerPool<Integer, Integer> pool = start(settings("hedge-halt"))) {
            assertThat(PoolTest.get(pool.submitAll(
                                            List.of(0, 1, 2),
                                            HEDGED.withHalt(HaltPolicy.now().succeeded(1)))
                                    .result())
                            .outcomes())
                    .containsExactly(
                            new Outcome.Succeeded<>(1, 1), new Outcome.Cancelled<>(0), new Outcome.Cancelled<>(0));
            answers.get(1).complete(2);
            Batch<Integer> all = pool.submitAll(List.of(0, 1), HEDGED);
            await().atMost(PoolTest.LONG).until(() -> all.progress().succeeded() == 1);
            pass(pool, HOUR);
            assertThat(PoolTest.get(all.result()).succeeded()).isEqualTo(2);
        }
    }

    @Test
    void aHedgeMayComeAfterADelay() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("hedge-delay"))) {
            Batch<Integer> batch = pool.submitAll(List.of(0, 1), HEDGED.withDelay(Duration.ofMinutes(1)));
            assertBegun(pool);
            pass(pool, Duration.ofMinutes(1));
            assertBegun(pool, 0);
            pass(pool, HOUR);
            assertBegun(pool, 0, 1);
            batch.cancel();
            assertThat(PoolTest.get(batch.result()).cancelled()).isEqualTo(2);
        }
    }

    @Test
    void aBatchsTimeRunsFromTheBeginning() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(settings("delay-timeout"))) {
            Batch<Integer> batch = pool.submitAll(
                    List.of(0, 1), BatchOptions.defaults().withDelay(HOUR).withTimeout(Duration.ofMinutes(1)));
            pass(pool, Duration.ofMinutes(1));
            assertThat(PoolTest.get(batch.result()).timedOut()).isEqualTo(2);
            pass(pool, HOUR);
            assertBegun(pool);
        }
    }

    @Test
    void whatIsNotAllowedIsSaid() {
        assertThatThrownBy(() -> BatchOptions.defaults().withDelay(Duration.ofMillis(-1)))
                .hasMessage("delay of a batch = PT-0.001S; allowed: 0 to 365 days");
        assertThatThrownBy(() -> BatchOptions.defaults().withHedge(Duration.ZERO))
                .hasMessage("hedge of a batch = PT0S; allowed: 1 ms to 365 days");
        assertThatThrownBy(() -> StreamOptions.ordered().withBatch(HEDGED))
                .hasMessage("the batch options of a stream have a delay or a hedge; allowed: neither");
    }
}
