package dev.workpool.testkit;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.testkit.WorkerPoolTestKit.Mode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The modes of a kit, and its options. */
class ModesTest {
    private static WorkerPoolTestKit kit(Mode mode) {
        return WorkerPoolTestKit.create(TestKitOptions.defaults().withMode(mode));
    }

    private static List<Integer> jobs(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void inlineJobsHaveRunWhenTheyAreSubmitted() {
        try (WorkerPoolTestKit kit = kit(Mode.INLINE)) {
            WorkerPool<Integer, Integer> pool = kit.start(
                    kit.settings("pool").withRetry(RetryPolicy.attempts(2).withFixedBackoff(ofHours(1))),
                    Script.of((Integer job) -> job + 1)
                            .on(7)
                            .failsWith(new IOException("once"))
                            .thenReturns(70));
            assertThat(pool.submit(1)).isCompletedWithValue(2);
            assertThat(pool.submitAll(jobs(100))).isNotComplete().hasSucceeded(99);
            kit.advance(ofHours(1));
            assertThat(pool.submitAll(jobs(100))).isComplete().hasSucceeded(100);
            CompletableFuture<Integer> dependent = pool.submit(5).thenApply(result -> -result);
            assertThat(dependent).isCompletedWithValue(-6);
            pool.close();
            assertThat(pool.submit(1)).isCompletedExceptionally();
        }
    }

    @Test
    void aJobThatIsHeldRunsWhenTheTestSaysSo() {
        try (WorkerPoolTestKit kit = kit(Mode.MANUAL)) {
            List<Integer> ran = new ArrayList<>();
            WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), (Integer job) -> {
                ran.add(job);
                return job;
            });
            Batch<Integer> batch = pool.submitAll(jobs(5));
            CompletableFuture<Integer> single = pool.submit(9);
            assertThat(kit.submissions(pool)).containsExactly(0, 1, 2, 3, 4, 9);
            assertThat(pool).received(0).withAttempts(0).hasNothingRunning();
            assertThat(kit.runNext()).isTrue();
            assertThat(ran).hasSize(1);
            assertThat(batch).hasSucceeded(1).hasPending(4);
            assertThatThrownBy(() -> kit.await(batch.result()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("jobs wait for runNext() or drain()");
            batch.cancel();
            assertThat(batch).isComplete().hasCancelled(4);
            kit.drain();
            assertThat(single).isCompletedWithValue(9);
            assertThat(ran).hasSize(2).endsWith(9);
            assertThat(kit.runNext()).isFalse();
        }
    }

    @Test
    void delaysAreThoseOfTheSeed() {
        Set<List<Attempt>> runs = new HashSet<>();
        for (long seed : new long[] {1, 2, 1, 2, 1, 2}) {
            TestKitOptions options = TestKitOptions.defaults().withSeed(seed).withDelays(ofMinutes(1));
            try (WorkerPoolTestKit kit = WorkerPoolTestKit.create(options)) {
                WorkerPool<Integer, Integer> pool =
                        kit.start(kit.settings("pool").withWorkers(2), (Integer job) -> job);
                Batch<Integer> batch = pool.submitAll(jobs(10));
                kit.drain();
                assertThat(batch).hasPending(10);
                kit.skipToIdle();
                assertThat(batch).isComplete().hasSucceeded(10);
                assertThat(kit.time()).isGreaterThan(Duration.ZERO);
                runs.add(kit.attempts(pool));
            }
        }
        assertThat(runs).hasSize(2);
    }

    /** Two pools that write into one list: a race, which some orders show. */
    @Test
    void aSeedFindsARaceAndRepeatsIt() {
        Set<List<Integer>> found = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            List<Integer> first = race(seed);
            assertThat(race(seed)).as("seed " + seed).isEqualTo(first);
            found.add(first);
        }
        assertThat(found).hasSizeGreaterThan(5);
        assertThatThrownBy(() -> WorkerPoolTestKit.forEachSeed(
                        20, kit -> assertThat(race(kit)).isSorted()))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed ");
    }

    @Test
    void noSeedWouldBeNoTest() {
        assertThatThrownBy(() -> WorkerPoolTestKit.forEachSeed(0, kit -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seeds = 0; allowed: 1 or more");
    }

    private static List<Integer> race(long seed) {
        try (WorkerPoolTestKit kit =
                WorkerPoolTestKit.create(TestKitOptions.defaults().withSeed(seed))) {
            return race(kit);
        }
    }

    private static List<Integer> race(WorkerPoolTestKit kit) {
        List<Integer> list = new ArrayList<>();
        WorkerPool<Integer, Boolean> one = kit.start("one", (Integer job) -> list.add(job));
        WorkerPool<Integer, Boolean> other = kit.start("other", (Integer job) -> list.add(job));
        one.submitAll(List.of(0, 1, 2));
        other.submitAll(List.of(3, 4, 5));
        kit.drain();
        return list;
    }

    @Test
    void inRealTimeJobsRunOnTheirOwnThreads() {
        TestKitOptions options = TestKitOptions.defaults()
                .withMode(Mode.REAL)
                .withDelays(ofMillis(1))
                .withPatience(ofMinutes(1));
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create(options)) {
            Script<Integer, Integer> script = Script.of((Integer job) -> {
                        assertThat(Thread.currentThread().getName()).startsWith("pool-worker");
                        return job;
                    })
                    .on(3)
                    .takes(ofMillis(2))
                    .failsWith(new IOException("no"))
                    .thenTakes(ofMillis(1))
                    .on(4)
                    .hangs()
                    .on(5)
                    .hangs()
                    .ignoresInterrupt();
            WorkerPool<Integer, Integer> pool = kit.start(
                    kit.settings("pool")
                            .withWorkers(4)
                            .withCancelGrace(ofMillis(1))
                            .withRetry(RetryPolicy.attempts(2).withFixedBackoff(ofMillis(1))),
                    script);
            Batch<Integer> batch = pool.submitAll(jobs(10));
            await().atMost(ofMinutes(1)).untilAsserted(() -> assertThat(batch).hasPending(2));
            kit.killWorker(pool, 0);
            kit.killWorker(pool, 1);
            batch.cancel();
            kit.await(batch.result());
            assertThat(batch).isComplete().hasSucceeded(8).hasCancelled(2);
            assertThat(pool).received(3).withAttempts(2);
            assertThat(kit.await(pool.submit(1))).isEqualTo(1);
            for (Runnable virtual : List.<Runnable>of(
                    kit::drain, kit::skipToIdle, kit::time, kit::clock, kit::step, () -> kit.advance(ofMillis(1)))) {
                assertThatThrownBy(virtual::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageEndingWith("is for virtual time, and the mode is REAL");
            }
        }
    }

    @Test
    void inRealTimeAnAssertionThatFailsInAHandlerFailsTheTest() {
        try (WorkerPoolTestKit kit = kit(Mode.REAL)) {
            WorkerPool<Integer, Integer> pool = kit.startAsync(kit.settings("pool"), (job, context) -> {
                assertThat(job).isZero();
                return CompletableFuture.completedFuture(job);
            });
            Batch<Integer> batch = pool.submitAll(jobs(2));
            assertThatThrownBy(() -> kit.await(batch.result())).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void inRealTimePatienceEnds() {
        TestKitOptions options = TestKitOptions.defaults().withMode(Mode.REAL).withPatience(ofMillis(5));
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create(options)) {
            WorkerPool<Integer, Integer> pool =
                    kit.start("pool", Script.of((Integer job) -> job).on(1).hangs());
            assertThatThrownBy(() -> kit.await(pool.submit(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("not complete after PT0.005S");
        }
    }

    @Test
    void configurationComesBeforeTheApplications() {
        TestKitOptions options = TestKitOptions.defaults()
                .withConfig(ConfigFactory.parseString("workpool { workers = 3, chunk.max-jobs = 50 }"));
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create(options)) {
            assertThat(kit.settings("pool").workers()).isEqualTo(3);
            assertThat(kit.settings("pool").chunkMaxJobs()).isEqualTo(50);
            assertThat(kit.options()).isEqualTo(options);
        }
    }

    @Test
    void badOptionsAreRefused() {
        TestKitOptions options = TestKitOptions.defaults();
        assertThatThrownBy(() -> options.withDelays(ofHours(25)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delays = PT25H; allowed: 0 to 1 day");
        assertThatThrownBy(() -> options.withPatience(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("patience = PT0S; allowed: more than 0");
        assertThatThrownBy(() -> options.withMode(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aPoolOfAnotherSystemIsNone() {
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create();
                WorkerPoolTestKit other = WorkerPoolTestKit.create()) {
            WorkerPool<Integer, Integer> foreign = other.start("pool", job -> job);
            String problem = "pool 'pool' is not in the system of this kit; start it in kit.system()";
            assertThatThrownBy(() -> kit.attempts(foreign)).hasMessage(problem);
            assertThatThrownBy(() -> kit.submissions(foreign)).hasMessage(problem);
            assertThatThrownBy(() -> kit.killWorker(foreign, 0)).hasMessage(problem);
        }
    }
}
