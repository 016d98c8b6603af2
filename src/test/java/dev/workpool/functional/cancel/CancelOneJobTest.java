package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** To cancel one job of a batch or a stream, wherever it is, and leave the others alone. */
class CancelOneJobTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void ofABatchOneThatRunsAndOthersThatWait(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch gate = new CountDownLatch(1);
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            begun.add(job);
            running.countDown();
            gate.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(1_000));
            running.await();
            int runs = begun.iterator().next();
            List<Integer> waiting = jobs(1_000).stream()
                    .filter(job -> job % 300 == 7 && !begun.contains(job))
                    .toList();
            for (int index : waiting) {
                batch.cancel(index);
                batch.cancel(index);
            }
            await().atMost(LONG).until(() -> batch.progress().cancelled() == waiting.size());
            batch.cancel(runs); // last, since its worker begins another then
            await().atMost(LONG).until(() -> batch.progress().cancelled() == waiting.size() + 1);
            gate.countDown();
            List<Outcome<Integer>> outcomes = get(batch.result()).outcomes();
            assertThat(outcomes.get(runs)).isEqualTo(new Outcome.Cancelled<>(1));
            for (int index : waiting) {
                assertThat(outcomes.get(index)).isEqualTo(new Outcome.Cancelled<>(0));
                assertThat(begun).doesNotContain(index);
            }
            assertThat(get(batch.result()).succeeded()).isEqualTo(999 - waiting.size());
            batch.cancel(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void ofAStreamAlsoOneThatIsNotTakenYet(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch gate = new CountDownLatch(1);
        Map<Integer, Outcome<Integer>> outcomes = new ConcurrentHashMap<>();
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            begun.add(job);
            running.countDown();
            gate.await();
            return job;
        })) {
            Processing processing = pool.process(
                    jobs(1_000).iterator(), StreamOptions.<Integer>ordered().withWindow(100), outcomes::put);
            running.await();
            int runs = begun.iterator().next();
            int waits = jobs(100).stream()
                    .filter(job -> job > 40 && !begun.contains(job))
                    .findFirst()
                    .orElseThrow();
            for (int index : List.of(900, waits, runs)) {
                processing.cancel(index);
            }
            await().atMost(LONG).until(() -> processing.progress().cancelled() >= 1); // the one that ran
            gate.countDown();
            assertThat(get(processing.result())).isEqualTo(new BatchProgress(1_000, 997, 0, 0, 3, 0));
            assertThat(outcomes).containsEntry(runs, new Outcome.Cancelled<>(1));
            assertThat(outcomes).containsEntry(waits, new Outcome.Cancelled<>(0));
            assertThat(outcomes).containsEntry(900, new Outcome.Cancelled<>(0));
        }
    }

    /** Jobs with keys are handed out in another order than that in which they come. */
    @ParameterizedTest
    @MethodSource(ALL)
    void ofAStreamWithKeysThoseThatRunWaitForTheirKeyOrAreNotTakenYet(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch gate = new CountDownLatch(1);
        Map<Integer, Outcome<Integer>> outcomes = new ConcurrentHashMap<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            running.countDown();
            gate.await();
            return job;
        })) {
            StreamOptions<Integer> options = StreamOptions.keyed(job -> job < 50 ? 0 : job % 7);
            Processing processing =
                    pool.process(jobs(1_000).iterator(), options.withWindow(100), outcomes::put); // 0 and 50 run
            running.await();
            for (int index : List.of(900, 20, 50, 1)) {
                processing.cancel(index);
            }
            await().atMost(LONG).until(() -> processing.progress().cancelled() >= 1); // the one that ran
            gate.countDown();
            assertThat(get(processing.result())).isEqualTo(new BatchProgress(1_000, 996, 0, 0, 4, 0));
            assertThat(outcomes).containsEntry(50, new Outcome.Cancelled<>(1));
            for (int index : List.of(1, 20, 900)) {
                assertThat(outcomes).containsEntry(index, new Outcome.Cancelled<>(0));
            }
        }
    }

    /** At any moment: only those that were to be cancelled are. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void ofAStreamNoOtherHoweverCancellationsMeetIt(long seed) throws Exception {
        Random random = new Random(seed);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(3), (Integer job) -> job)) {
            for (int round = 0; round < 50; round++) {
                int size = 1 + random.nextInt(500);
                int keys = 1 + random.nextInt(10);
                StreamOptions<Integer> options =
                        random.nextInt(3) == 0 ? StreamOptions.asCompleted() : StreamOptions.keyed(job -> job % keys);
                Map<Integer, Outcome<Integer>> outcomes = new ConcurrentHashMap<>();
                Processing processing =
                        pool.process(jobs(size).iterator(), options.withWindow(1 + random.nextInt(100)), outcomes::put);
                Set<Integer> unwanted = ConcurrentHashMap.newKeySet();
                for (int i = random.nextInt(10); i > 0; i--) {
                    int index = random.nextInt(size);
                    unwanted.add(index);
                    processing.cancel(index);
                }
                assertThat(get(processing.result()).total()).isEqualTo(size);
                assertThat(IntStream.range(0, size).filter(index -> !unwanted.contains(index)))
                        .allSatisfy(index -> assertThat(outcomes.get(index)).isInstanceOf(Outcome.Succeeded.class));
            }
        }
    }

    @Test
    void oneThatWaitsForAnotherAttemptIsNotTriedAgain() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            if (job == 3) {
                failed.countDown();
                throw new IllegalStateException("not now");
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(
                    jobs(10),
                    BatchOptions.defaults().withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofHours(1))));
            failed.await();
            await().atMost(LONG).until(() -> batch.progress().done() == 9);
            batch.cancel(3);
            assertThat(get(batch.result()).outcomes().get(3)).isEqualTo(new Outcome.Cancelled<>(1));
        }
    }

    @Test
    void oneThatIsDelayedIsCancelledWhenItsTurnComes() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job)) {
            Batch<Integer> batch =
                    pool.submitAll(jobs(10), BatchOptions.defaults().withDelay(Duration.ofMillis(50)));
            batch.cancel(4);
            assertThat(get(batch.result()).outcomes().get(4)).isEqualTo(new Outcome.Cancelled<>(0));
            assertThat(get(batch.result()).succeeded()).isEqualTo(9);
        }
    }

    @Test
    void anIndexThatTheBatchDoesNotHaveIsRefused() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Batch<Integer> batch = pool.submitAll(jobs(3));
            assertThatThrownBy(() -> batch.cancel(3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> batch.cancel(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    /** At any moment: each job has one outcome, and only those that were to be cancelled are. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void eachHasOneOutcomeHoweverCancellationsMeetIt(long seed) throws Exception {
        Random random = new Random(seed);
        Map<Integer, Integer> calls = new ConcurrentHashMap<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(3), (Integer job) -> {
            int attempt = calls.merge(job, 1, Integer::sum);
            if (job % 11 == 0 && attempt == 1) {
                throw new IllegalStateException("once more");
            }
            return job;
        })) {
            for (int round = 0; round < 50; round++) {
                calls.clear();
                int size = 1 + random.nextInt(3_000);
                Batch<Integer> batch = pool.submitAll(
                        jobs(size),
                        BatchOptions.defaults()
                                .withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ZERO)));
                Set<Integer> unwanted = ConcurrentHashMap.newKeySet();
                for (int i = random.nextInt(40); i > 0; i--) {
                    int index = random.nextInt(size);
                    unwanted.add(index);
                    batch.cancel(index);
                }
                List<Outcome<Integer>> outcomes = get(batch.result()).outcomes();
                assertThat(outcomes).hasSize(size);
                assertThat(IntStream.range(0, size).filter(index -> !unwanted.contains(index)))
                        .allSatisfy(index -> assertThat(outcomes.get(index)).isInstanceOf(Outcome.Succeeded.class));
                for (int index : unwanted) {
                    assertThat(calls.getOrDefault(index, 0))
                            .isEqualTo(outcomes.get(index).attempts());
                }
            }
        }
    }
}
