package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs next when batches wait for the same workers, over every kind of pool. */
class PrioritiesTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static final String HELD = "held";

    private static BatchOptions options() {
        return BatchOptions.defaults();
    }

    private static List<String> jobs(int count, String name) {
        return Collections.nCopies(count, name);
    }

    private static void awaitQueued(WorkerPool<?, ?> pool, long jobs) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(get(pool.stats()).queued()).isEqualTo(jobs));
    }

    /** One worker, which a first job holds until all batches are queued; then the order in which jobs begin is recorded. */
    private final class Scene implements AutoCloseable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private final Queue<String> order = new ConcurrentLinkedQueue<>();
        private final WorkerPool<String, String> pool;

        Scene(PoolKind kind, WorkerPoolSettings settings) throws Exception {
            pool = kind.start(system, settings, (job, context) -> {
                if (job.equals(HELD)) {
                    begun.countDown();
                    release.await();
                } else {
                    order.add(job);
                }
                return job;
            });
            pool.submitAll(List.of(HELD));
            begun.await();
        }

        List<String> orderOf(Batch<?>... batches) throws Exception {
            long jobs = 0;
            for (Batch<?> batch : batches) {
                jobs += batch.progress().total();
            }
            awaitQueued(pool, jobs);
            release.countDown();
            for (Batch<?> batch : batches) {
                assertThat(get(batch.result()).isSuccess()).isTrue();
            }
            assertThat(order).hasSize((int) jobs);
            return List.copyOf(order);
        }

        @Override
        public void close() {
            release.countDown();
            pool.close();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHigherPriorityOvertakesWhatIsQueued(PoolKind kind) throws Exception {
        try (Scene scene = new Scene(kind, settings(1))) {
            // The lowest and the highest, which ageing does not bring together before twenty seconds.
            Batch<String> low = scene.pool.submitAll(jobs(100, "low"), options().withPriority(-10));
            Batch<String> high =
                    scene.pool.submitAll(jobs(10, "high"), options().withPriority(10));
            assertThat(scene.orderOf(low, high).subList(0, 10)).containsOnly("high");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void weightsAreShares(PoolKind kind) throws Exception {
        try (Scene scene = new Scene(kind, settings(1).withChunkMaxJobs(1))) {
            Batch<String> light = scene.pool.submitAll(jobs(200, "light"));
            Batch<String> heavy =
                    scene.pool.submitAll(jobs(200, "heavy"), options().withWeight(4));
            List<String> first = scene.orderOf(light, heavy).subList(0, 200);
            assertThat(Collections.frequency(first, "heavy")).isBetween(150, 170);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSmallBatchIsDoneLongBeforeALargeOneThatRuns(PoolKind kind) throws Exception {
        int large = 50_000;
        int holdAt = 5_000;
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger begunAtTheLastSmall = new AtomicInteger();
        try (WorkerPool<String, String> pool =
                kind.start(system, settings(1).withChunkMaxJobs(1_000), (job, context) -> {
                    if (job.equals("small")) {
                        begunAtTheLastSmall.accumulateAndGet(begun.get(), Math::max);
                    } else if (begun.incrementAndGet() == holdAt) {
                        held.countDown();
                        release.await();
                    }
                    return job;
                })) {
            Batch<String> running = pool.submitAll(jobs(large, "large"));
            held.await();
            Batch<String> small = pool.submitAll(jobs(10, "small"));
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(pool.stats()).accepted()).isEqualTo(large + 10));
            release.countDown();
            assertThat(get(small.result()).isSuccess()).isTrue();
            assertThat(get(running.result()).isSuccess()).isTrue();
            // Before it are two chunks that its worker may have had, and a turn of the large batch.
            assertThat(begunAtTheLastSmall.get()).isBetween(holdAt, holdAt + 5_000);
        }
    }
}
