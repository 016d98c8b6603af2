package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that carry the name of the job that they run. */
class NamedThreadsTest extends PoolTest {
    static Stream<Boolean> virtual() {
        return Runtime.version().feature() >= 21 ? Stream.of(false, true) : Stream.of(false);
    }

    private static String name() {
        return Thread.currentThread().getName();
    }

    @ParameterizedTest
    @MethodSource("virtual")
    void aThreadCarriesItsJobAndIsItselfAgainAfterwards(boolean virtual) throws Exception {
        WorkerPoolSettings settings = settings(1)
                .withVirtualThreads(virtual)
                .withNamedThreads(true)
                .withJobDescriber(Integer.class, job -> "job no. " + job + " on " + name());
        List<String> names = new CopyOnWriteArrayList<>();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, (Integer job, JobContext context) -> {
                    names.add(name());
                    if (job % 2 == 1) {
                        Thread.currentThread().setName("of the user's");
                        throw new Error("on purpose");
                    }
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(jobs(100), BatchOptions.named("nightly"));
            get(batch.result());
            assertThat(names).hasSize(100);
            String own = pool.name() + "-worker-0";
            for (int i = 0; i < 100; i++) {
                assertThat(names.get(i))
                        .isEqualTo(own + ": job no. " + i + " on " + own + ", index " + i + " of batch " + batch.id()
                                + " 'nightly'");
            }
        }
    }

    /** The one of a describer is a part of its job, and fails nothing. */
    @ParameterizedTest
    @MethodSource("virtual")
    void aDescriberThatThrowsFailsNothing(boolean virtual) throws Exception {
        WorkerPoolSettings settings = settings(1)
                .withVirtualThreads(virtual)
                .withNamedThreads(true)
                .withJobDescriber(Integer.class, job -> {
                    throw new AssertionError("on purpose");
                });
        try (WorkerPool<Integer, String> pool = WorkerPool.start(system, settings, (Integer job) -> name())) {
            assertThat(get(pool.submit(1)))
                    .isEqualTo(
                            pool.name()
                                    + "-worker-0: java.lang.Integer (its describer threw java.lang.AssertionError: on purpose)");
        }
    }

    @Test
    void theNumberIsTheWorkersIndex() throws Exception {
        try (WorkerPool<Integer, Boolean> pool = WorkerPool.start(
                system,
                settings(4),
                (Integer job, JobContext context) -> name().endsWith("-worker-" + context.workerIndex()))) {
            assertThat(get(pool.submitAll(jobs(10_000)).result()).values()).doesNotContain(false);
        }
    }

    @Test
    void byDefaultThreadsKeepTheirNames() throws Exception {
        try (WorkerPool<Integer, String> pool = WorkerPool.start(system, settings(1), (Integer job) -> name())) {
            assertThat(get(pool.submit(1))).isEqualTo(pool.name() + "-worker-0");
        }
    }
}
