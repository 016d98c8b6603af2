package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ClassPath;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import dev.workpool.support.Snapshots;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerPoolMetricsTest extends PoolTest {
    private MeterRegistry registry;

    @BeforeEach
    void newRegistry() {
        registry = new SimpleMeterRegistry();
    }

    private double value(String meter, String... tags) {
        return registry.get(meter)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private double outcomes(String outcome) {
        return value("workpool.jobs", "outcome", outcome);
    }

    @Test
    void jobsAreCountedByTheirOutcome() throws Exception {
        RetryPolicy twice = RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(1));
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withQueueCapacity(3, WhenFull.REJECT).withRetry(twice), job -> {
                    if (job == 0) {
                        release.await();
                    }
                    return 100 / (job - 2);
                })) {
            WorkerPoolMetrics.of(pool).bindTo(registry);
            pool.submit(0);
            await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
            pool.submitAll(List.of(1, 2, 3));
            pool.submit(4);
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(value("executor.active")).isEqualTo(1);
                assertThat(value("executor.queued")).isEqualTo(3);
                assertThat(value("executor.queue.remaining")).isZero();
                assertThat(outcomes("rejected")).isEqualTo(1);
                assertThat(value("executor.completed")).isZero();
            });
            release.countDown();
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(outcomes("succeeded")).isEqualTo(3);
                assertThat(outcomes("failed")).isEqualTo(1);
                assertThat(outcomes("cancelled")).isZero();
                assertThat(outcomes("timed_out")).isZero();
                assertThat(value("workpool.retries")).isEqualTo(1);
                assertThat(value("executor.completed")).isEqualTo(4);
                assertThat(value("executor.active")).isZero();
                assertThat(value("executor.queued")).isZero();
            });
            assertThat(value("workpool.busy")).isPositive();
            CompletableFuture<Integer> delayed =
                    pool.submit(5, JobOptions.defaults().withDelay(Duration.ofHours(1)));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(value("executor.queued"))
                            .as("also what waits")
                            .isEqualTo(1));
            delayed.cancel(false);
        }
    }

    @Test
    void workersAreShownAsThreadsOfAnExecutor() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(4).withAdaptiveWorkers(2, 7), job -> job)) {
            WorkerPoolMetrics.of(pool).bindTo(registry);
            get(pool.submit(1));
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(value("executor.pool.core")).isEqualTo(2);
                assertThat(value("executor.pool.max")).isEqualTo(7);
                assertThat(value("executor.pool.size")).isBetween(2.0, 7.0);
            });
        }
    }

    @Test
    void aPauseAndAnAbandonedHandlerAreShown() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withCancelGrace(Duration.ofMillis(10)), job -> {
                    Handlers.ignoreInterruptsUntil(release);
                    return job;
                })) {
            WorkerPoolMetrics.of(pool).bindTo(registry);
            CompletableFuture<Integer> ignorant = pool.submit(1);
            await().atMost(LONG).until(() -> value("executor.active") == 1);
            ignorant.cancel(true);
            await().atMost(LONG).until(() -> value("workpool.abandoned") == 1);
            assertThat(value("workpool.workers.replaced")).isEqualTo(1);
            assertThat(value("workpool.paused")).isZero();
            pool.pause();
            await().atMost(LONG).until(() -> value("workpool.paused") == 1);
            release.countDown();
            await().atMost(LONG).until(() -> value("workpool.abandoned") == 0);
        }
    }

    /** Nobody looks at the pool, only at what its meters say. */
    @Test
    void aStuckJobIsFoundByMetricsAlone() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(2), job -> job == 13 ? Handlers.hang() : job)) {
            WorkerPoolMetrics.of(pool).bindTo(registry);
            pool.submit(13);
            await().atMost(LONG).until(() -> value("executor.active") == 1);
            double ageBefore = value("workpool.job.oldest");
            double busyBefore = value("workpool.busy");
            get(pool.submitAll(jobs(10)).result());
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(outcomes("succeeded")).as("others end").isEqualTo(10);
                assertThat(value("executor.active")).as("one does not").isEqualTo(1);
                assertThat(value("executor.queued")).as("nothing waits").isZero();
                assertThat(value("workpool.job.oldest")).as("it gets older").isGreaterThan(ageBefore + 0.05);
                assertThat(value("workpool.busy")).as("a worker is kept").isGreaterThan(busyBefore + 0.05);
            });
            pool.abort();
        }
    }

    @Test
    void howLongJobsRunAndWaitIsMeasured() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS); // a job that takes its time
            return job;
        })) {
            WorkerPoolMetrics.of(pool).bindTo(registry);
            assertThat(value("workpool.job.duration.percentile", "phi", "0.5")).isNaN();
            get(pool.submitAll(jobs(5)).result());
            await().atMost(LONG).untilAsserted(() -> {
                FunctionTimer ran = registry.get("workpool.job.duration").functionTimer();
                assertThat(ran.count()).isEqualTo(5);
                assertThat(ran.totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(5 * 9);
                assertThat(registry.get("executor").functionTimer().count()).isEqualTo(5);
                assertThat(registry.get("executor.idle").functionTimer().count())
                        .isPositive()
                        .isEqualTo(registry.get("workpool.job.wait")
                                .functionTimer()
                                .count());
                for (String phi : List.of("0.5", "0.95", "0.99", "1")) {
                    assertThat(value("workpool.job.duration.percentile", "phi", phi))
                            .isGreaterThan(0.009);
                }
                assertThat(value("workpool.job.wait.percentile", "phi", "1")).isGreaterThan(0.009);
            });
        }
    }

    @Test
    void tasksOfAnExecutorAreShownToo() throws Exception {
        try (PoolExecutor executor = PoolExecutor.start(system, settings(2))) {
            WorkerPoolMetrics.of(executor).bindTo(registry);
            executor.submit(() -> 1).get();
            await().atMost(LONG).until(() -> value("executor.completed", "name", executor.name()) == 1);
        }
        await().atMost(LONG).until(() -> registry.getMeters().isEmpty());
    }

    // Names and tags

    /** A dashboard for executors shows pools: every meter of an executor is there, with the same unit and tags. */
    @Test
    void metersAreNamedLikeThoseOfAnExecutor() {
        ExecutorService executor = Executors.newFixedThreadPool(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            MeterRegistry ofExecutor = new SimpleMeterRegistry();
            ExecutorServiceMetrics.monitor(ofExecutor, executor, "threads");
            WorkerPoolMetrics.of(pool).bindTo(registry);
            assertThat(registry.getMeters().stream().map(WorkerPoolMetricsTest::shape))
                    .containsAll(ofExecutor.getMeters().stream()
                            .map(WorkerPoolMetricsTest::shape)
                            .toList());
        } finally {
            executor.shutdown();
        }
    }

    private static String shape(Meter meter) {
        List<String> keys =
                meter.getId().getTags().stream().map(Tag::getKey).sorted().toList();
        return meter.getId().getName() + " " + meter.getId().getBaseUnit() + " " + keys;
    }

    @Test
    void tagsAreThePoolsNameAndTheUsers() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            WorkerPoolMetrics.of(pool).withTags(Tags.of("region", "eu")).bindTo(registry);
            assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
                assertThat(meter.getId().getTag("name")).isEqualTo(pool.name());
                assertThat(meter.getId().getTag("region")).isEqualTo("eu");
            });
        }
    }

    @Test
    void tagsThatMetersHaveAlreadyAreRefused() {
        WorkerPoolMetrics metrics = WorkerPoolMetrics.of("pool", () -> null, () -> {}, new CompletableFuture<>());
        assertThatThrownBy(() -> metrics.withTags(Tags.of("outcome", "fine")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tag outcome = fine; allowed: keys other than [name, outcome");
    }

    // Coming and going

    @Test
    void metersGoWhenThePoolGoes() throws Exception {
        registry.counter("another");
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job);
        WorkerPoolMetrics.of(pool).bindTo(registry);
        assertThat(registry.getMeters()).hasSizeGreaterThan(10);
        pool.close();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(registry.getMeters())
                        .extracting(meter -> meter.getId().getName())
                        .containsExactly("another"));
        WorkerPoolMetrics.of(pool).bindTo(registry);
        assertThat(registry.getMeters()).hasSize(1);
    }

    /** The end of the first is known late, when the second is shown already. */
    @Test
    void aLaterPoolOfTheSameNameIsShownInsteadOfTheEarlier() {
        CompletableFuture<Void> firstEnded = new CompletableFuture<>();
        CompletableFuture<Void> secondEnded = new CompletableFuture<>();
        WorkerPoolMetrics.of("twins", () -> Snapshots.of(1), () -> {}, firstEnded)
                .bindTo(registry);
        int meters = registry.getMeters().size();
        assertThat(value("executor.completed")).isEqualTo(1);
        WorkerPoolMetrics.of("twins", () -> Snapshots.of(2), () -> {}, secondEnded)
                .bindTo(registry);
        assertThat(value("executor.completed")).isEqualTo(2);
        firstEnded.complete(null);
        assertThat(registry.getMeters()).hasSize(meters);
        assertThat(value("executor.completed")).isEqualTo(2);
        secondEnded.complete(null);
        assertThat(registry.getMeters()).isEmpty();
    }

    /** Each is started as soon as the one before it is gone, whose end its meters may hear of later. */
    @Test
    void poolsThatFollowEachOtherUnderOneNameDoNotClash() throws Exception {
        WorkerPoolSettings settings = settings(1);
        for (int round = 1; round <= 50; round++) {
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, job -> job);
            WorkerPoolMetrics.of(pool).bindTo(registry);
            get(pool.submitAll(jobs(round)).result());
            int jobs = round;
            await().atMost(LONG).until(() -> value("executor.completed") == jobs);
            pool.close();
        }
        await().atMost(LONG).until(() -> registry.getMeters().isEmpty());
    }

    @Test
    void filtersAndCompositesMayChangeMetersAndTheyGoAllTheSame() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        MeterRegistry child = new SimpleMeterRegistry();
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(child);
        composite.config().commonTags("service", "orders").meterFilter(MeterFilter.denyNameStartsWith("executor.pool"));
        composite.config().meterFilter(MeterFilter.renameTag("workpool", "outcome", "result"));
        WorkerPoolMetrics metrics = WorkerPoolMetrics.of("filtered", () -> Snapshots.of(3), () -> {}, ended);
        metrics.bindTo(composite);
        metrics.bindTo(composite);
        assertThat(child.get("workpool.jobs")
                        .tags("result", "succeeded", "service", "orders")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
        assertThat(child.find("executor.pool.size").meter()).isNull();
        ended.complete(null);
        assertThat(composite.getMeters()).isEmpty();
        assertThat(child.getMeters()).isEmpty();
    }

    @Test
    void whatAFilterThrowsIsTheCallersAndNoMeterIsLeft() {
        registry.config().meterFilter(MeterFilter.deny(id -> {
            if (id.getName().equals("workpool.paused")) {
                throw new IllegalStateException("filter");
            }
            return false;
        }));
        WorkerPoolMetrics metrics =
                WorkerPoolMetrics.of("pool", () -> Snapshots.of(1), () -> {}, new CompletableFuture<>());
        assertThatThrownBy(() -> metrics.bindTo(registry)).hasMessage("filter");
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void oneSnapshotServesAScrape() {
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        WorkerPoolMetrics.of("pool", () -> Snapshots.of(taken.incrementAndGet()), () -> {}, ended)
                .bindTo(registry);
        await().atMost(LONG)
                .untilAsserted(
                        () -> { // unless the thread had no processor for 10 ms
                            int before = taken.get();
                            registry.getMeters()
                                    .forEach(meter -> meter.measure().forEach(Measurement::getValue));
                            assertThat(taken.get() - before).isEqualTo(1);
                        });
        ended.complete(null);
    }

    @Test
    void withoutMicrometerAnErrorSaysWhatToAdd() throws Exception {
        assertThat(ClassPath.without("micrometer-core", WithoutMicrometer.class))
                .isEqualTo("metrics need io.micrometer:micrometer-core on the class path; "
                        + "add this dependency, 1.17.2 is tested");
    }
}
