package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.pool.PoolRoot;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.router.Router;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Pools that are refused threads, as where a limit of the system's has been reached. */
class LimitedThreadsTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "limited-threads",
            ManualTime.config()
                    .withFallback(ConfigFactory.parseString("akka.actor.testkit.typed.filter-leeway = 60s"))
                    .withFallback(ConfigFactory.load()));
    private static final ManualTime TIME = ManualTime.get(KIT.system());
    private static final AtomicInteger POOLS = new AtomicInteger();

    /** How many threads there may be, how many there are, and how often one more was asked for. */
    private volatile int limit;

    private final AtomicInteger alive = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterAll
    static void stopSystem() {
        KIT.shutdownTestKit();
    }

    private final ThreadFactory limited = task -> {
        Thread thread =
                new Thread(() -> {
                    try {
                        task.run();
                    } finally {
                        alive.decrementAndGet();
                    }
                }) {
                    @Override
                    public synchronized void start() {
                        if (alive.incrementAndGet() > limit) {
                            alive.decrementAndGet();
                            refused.incrementAndGet();
                            throw new OutOfMemoryError("unable to create native thread: by the test");
                        }
                        super.start();
                    }
                };
        thread.setDaemon(true);
        return thread;
    };

    private ActorRef<PoolCommand<Integer, Integer>> pool(int workers) {
        JobHandler.Simple<Integer, Integer> handler = job -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            running.decrementAndGet();
            return job;
        };
        WorkerPoolSettings settings = WorkerPoolSettings.create(KIT.system(), "limited-" + POOLS.incrementAndGet())
                .withWorkers(workers);
        RequestQueue<Integer, Integer> requestQueue = new RequestQueue<>();
        PoolGauges gauges = new PoolGauges(1, 1, System::nanoTime);
        Runner.Factory<Integer, Integer> runners = PoolRoot.runners(
                KIT.system(),
                settings,
                new Handler.Simple<>(handler),
                requestQueue,
                new WorkerThreads(settings.name(), limited),
                gauges.times,
                Runnable::run);
        PoolEvents events =
                new PoolEvents(settings.name(), List.of(), Runnable::run, System::nanoTime, (observer, thrown) -> {});
        return KIT.spawn(PoolRoot.create(
                KIT.system(),
                settings,
                dispatcher -> Router.create(
                        settings, runners, dispatcher, Runnable::run, System::nanoTime, gauges.router, events),
                requestQueue,
                QueueCapacity.unlimited(requestQueue),
                Runnable::run,
                Runnable::run,
                gauges,
                events));
    }

    private static TestProbe<BatchResult<Integer>> submit(ActorRef<PoolCommand<Integer, Integer>> pool, int jobs) {
        TestProbe<BatchResult<Integer>> results = KIT.createTestProbe();
        List<Integer> all = IntStream.range(0, jobs).boxed().toList();
        pool.tell(new PoolCommand.SubmitAll<>(all, BatchOptions.defaults(), results.ref()));
        return results;
    }

    private static PoolStats stats(ActorRef<PoolCommand<Integer, Integer>> pool) {
        TestProbe<PoolStats> stats = KIT.createTestProbe();
        pool.tell(new PoolCommand.GetStats<>(stats.ref()));
        return stats.receiveMessage(PoolTest.LONG);
    }

    private static void drain(ActorRef<PoolCommand<Integer, Integer>> pool) {
        TestProbe<Done> done = KIT.createTestProbe();
        pool.tell(new PoolCommand.Drain<>(done.ref()));
        done.receiveMessage(PoolTest.LONG);
    }

    /** Until the pool knows what it can have: time goes on by hand. */
    private static void awaitWorkers(ActorRef<PoolCommand<Integer, Integer>> pool, int workers) {
        await().atMost(PoolTest.LONG).untilAsserted(() -> {
            TIME.timePasses(Duration.ofMillis(1));
            assertThat(stats(pool).workers()).isEqualTo(workers);
        });
    }

    @Test
    void aPoolRunsWithTheWorkersThatItGetsAndWithAllAsSoonAsItCan() {
        limit = 3;
        ActorRef<PoolCommand<Integer, Integer>> pool = pool(8);
        TestProbe<BatchResult<Integer>> result = LoggingTestKit.warn(
                        "runs with 2 of its 8 workers for now: no thread could be started for another"
                                + " (java.lang.OutOfMemoryError: unable to create native thread: by the test)")
                .withOccurrences(1)
                .expect(KIT.system(), () -> {
                    TestProbe<BatchResult<Integer>> submitted = submit(pool, 2_000);
                    awaitWorkers(pool, 2);
                    return submitted;
                });
        assertThat(result.receiveMessage(PoolTest.LONG).succeeded()).isEqualTo(2_000);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(stats(pool).succeeded()).isEqualTo(2_000);
        assertThat(refused.get()).as("once, and then not for a while").isBetween(1, 5);
        await().atMost(PoolTest.LONG).until(() -> alive.get() == 2);
        limit = 8;
        await().atMost(PoolTest.LONG).untilAsserted(() -> {
            TIME.timePasses(Duration.ofSeconds(1));
            assertThat(submit(pool, 200).receiveMessage(PoolTest.LONG).isSuccess())
                    .isTrue();
            assertThat(stats(pool).workers()).isEqualTo(8);
        });
        assertThat(most.get()).isLessThanOrEqualTo(8);
        drain(pool);
        await().atMost(PoolTest.LONG).until(() -> alive.get() == 0);
    }

    @Test
    void jobsWaitForTheFirstThread() {
        ActorRef<PoolCommand<Integer, Integer>> pool = pool(2);
        TestProbe<BatchResult<Integer>> result = submit(pool, 10);
        awaitWorkers(pool, 0);
        TIME.timePasses(Duration.ofSeconds(1));
        result.expectNoMessage(Duration.ofMillis(1));
        assertThat(stats(pool).queued()).isEqualTo(10);
        limit = 1;
        await().atMost(PoolTest.LONG).until(() -> {
            TIME.timePasses(Duration.ofSeconds(1));
            return stats(pool).done() == 10;
        });
        assertThat(result.receiveMessage(PoolTest.LONG).succeeded()).isEqualTo(10);
        drain(pool);
    }

    @Test
    void aPoolThatGetsNoneEnds() {
        ActorRef<PoolCommand<Integer, Integer>> pool = pool(2);
        TestProbe<BatchResult<Integer>> result = submit(pool, 10);
        awaitWorkers(pool, 0);
        TestProbe<Done> done = KIT.createTestProbe();
        pool.tell(new PoolCommand.Abort<>(done.ref()));
        done.receiveMessage(PoolTest.LONG);
        assertThat(result.receiveMessage(PoolTest.LONG).outcomes()).containsOnly(new Outcome.Cancelled<>(0));
    }
}
