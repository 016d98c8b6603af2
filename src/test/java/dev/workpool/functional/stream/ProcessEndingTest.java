package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Handlers;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways in which a stream may end before its source does, over every kind of pool. */
class ProcessEndingTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    private static List<StreamOptions<Integer>> everyOrder() {
        return List.of(
                StreamOptions.<Integer>ordered().withWindow(64),
                StreamOptions.<Integer>asCompleted().withWindow(64),
                StreamOptions.<Integer>keyed(job -> job % 5).withWindow(64));
    }

    private static void awaitThat(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(LONG)
                .until(condition);
    }

    /** A pool whose jobs hang until they are interrupted, and a stream of them without end that has begun. */
    private static final class Scene {
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger begun = new AtomicInteger();
        final WorkerPool<Integer, Integer> pool;
        final Jobs source = new Jobs(Integer.MAX_VALUE);
        final Deliveries<Integer, Integer> deliveries = new Deliveries<>();
        final Processing stream;

        Scene(PoolKind kind, ActorSystem<?> system, WorkerPoolSettings settings, StreamOptions<Integer> options) {
            pool = kind.start(system, settings, (job, context) -> {
                running.incrementAndGet();
                begun.incrementAndGet();
                try {
                    return Handlers.hang();
                } finally {
                    running.decrementAndGet();
                }
            });
            stream = pool.process(source, options, deliveries);
        }

        Scene begun() {
            awaitThat(() -> running.get() == 2 && source.taken() >= 64);
            return this;
        }

        /** Two jobs were told to leave, the others never began; each key's and an ordered stream's came in their order. */
        void checkAllCancelled() {
            BatchProgress counts = stream.progress();
            assertThat(counts.cancelled()).isEqualTo(counts.total());
            assertThat((long) deliveries.jobs().size()).isEqualTo(counts.total());
            assertThat(begun).as("nothing new began").hasValue(2);
            assertThat(deliveries.outcomes())
                    .filteredOn(outcome -> outcome.attempts() > 0)
                    .hasSize(2);
        }

        void checkSourceIsClosed() {
            awaitThat(() -> source.closed() > 0);
            awaitThat(() -> source.thread() == null || !source.thread().isAlive());
            assertThat(source.closed()).isOne();
            assertThat(source.wrong()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingIsAGoodEnd(PoolKind kind) throws Exception {
        for (StreamOptions<Integer> options : everyOrder()) {
            Scene scene = new Scene(kind, system, settings(2), options).begun();
            try (WorkerPool<Integer, Integer> pool = scene.pool) {
                scene.stream.cancel();
                scene.stream.cancel();
                scene.deliveries.awaitSuccess(scene.stream);
                assertThat(scene.running).hasValue(0);
                scene.checkAllCancelled();
                scene.checkSourceIsClosed();
                scene.stream.cancel();
                PoolStats stats = get(pool.stats());
                assertThat(stats.queued()).isZero();
                assertThat(stats.running()).isZero();
                assertThat(stats.accepted()).isEqualTo(scene.stream.progress().total());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void abortingThePoolCancelsAndFailsTheStream(PoolKind kind) throws Exception {
        for (StreamOptions<Integer> options : everyOrder()) {
            Scene scene = new Scene(kind, system, settings(2), options).begun();
            get(scene.pool.abort());
            assertThat(scene.deliveries.await(scene.stream))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("is closed; not all of the input was taken");
            scene.checkAllCancelled();
            scene.checkSourceIsClosed();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void closingThePoolRunsWhatWasTaken(PoolKind kind) throws Exception {
        for (StreamOptions<Integer> options : everyOrder()) {
            Jobs source = new Jobs(Integer.MAX_VALUE);
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job);
            Processing stream = pool.process(source, options, deliveries);
            awaitThat(() -> deliveries.count() > 100);
            pool.close();
            assertThat(deliveries.await(stream)).isInstanceOf(RejectedExecutionException.class);
            BatchProgress counts = stream.progress();
            assertThat(counts.succeeded()).isEqualTo(counts.total()).isGreaterThan(100);
            assertThat(deliveries.jobs()).containsExactlyInAnyOrderElementsOf(jobs((int) counts.total()));
            source.thread().join();
            assertThat(source.closed()).isOne();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPoolThatIsKilledLeavesNoStreamBehind(PoolKind kind) throws Exception {
        for (StreamOptions<Integer> options : everyOrder()) {
            Scene scene = new Scene(kind, system, settings(2), options).begun();
            PoolActors.poison(system, scene.pool, "");
            assertThat(scene.deliveries.await(scene.stream)).isInstanceOf(RejectedExecutionException.class);
            assertThat(scene.stream.progress().cancelled())
                    .isEqualTo(scene.stream.progress().total());
            scene.checkSourceIsClosed();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSystemThatIsTerminatedLeavesNoStreamBehind(PoolKind kind) throws Exception {
        ActorSystem<Void> ending = ActorSystem.create(Behaviors.empty(), "stream-ending-" + SYSTEMS.incrementAndGet());
        List<Scene> scenes = new ArrayList<>();
        for (StreamOptions<Integer> options : everyOrder()) {
            WorkerPoolSettings settings = WorkerPoolSettings.create(ending, "p" + scenes.size())
                    .withWorkers(2)
                    .withCoordinatedShutdown(false);
            scenes.add(new Scene(kind, ending, settings, options).begun());
        }
        ending.terminate();
        for (Scene scene : scenes) {
            assertThat(scene.deliveries.await(scene.stream)).isInstanceOf(RejectedExecutionException.class);
            assertThat(scene.stream.progress().cancelled())
                    .isEqualTo(scene.stream.progress().total());
            scene.checkSourceIsClosed();
        }
        get(ending.getWhenTerminated());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamThatHasNoMoreTimeFails(PoolKind kind) throws Exception {
        Duration time = Duration.ofMillis(200);
        StreamOptions<Integer> options = everyOrder()
                .get(kind.isAsync() ? 2 : 0)
                .withBatch(BatchOptions.defaults().withTimeout(time));
        Scene scene = new Scene(kind, system, settings(2), options);
        try (WorkerPool<Integer, Integer> pool = scene.pool) {
            assertThat(scene.deliveries.await(scene.stream))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("longer than PT0.2S");
            BatchProgress counts = scene.stream.progress();
            assertThat(counts.timedOut()).isEqualTo(counts.total());
            assertThat(scene.begun.get()).isLessThanOrEqualTo(2);
            scene.checkSourceIsClosed();
            assertThat(get(pool.stats()).timedOut()).isEqualTo(counts.total());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatTheConsumerThrowsCancelsTheStream(PoolKind kind) throws Exception {
        AtomicInteger running = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            running.incrementAndGet();
            try {
                return job > 100 ? Handlers.hang() : job;
            } finally {
                running.decrementAndGet();
            }
        })) {
            for (StreamOptions<Integer> options : everyOrder()) {
                for (Throwable thrown : List.of(new Exception("enough"), new LinkageError("enough"))) {
                    Jobs source = new Jobs(Integer.MAX_VALUE);
                    Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                        @Override
                        protected void onOutcome(Integer job, Outcome<Integer> outcome) throws Exception {
                            if (jobs().size() == 50) {
                                if (thrown instanceof Error error) {
                                    throw error;
                                }
                                throw (Exception) thrown;
                            }
                        }
                    };
                    Processing stream = pool.process(source, options, deliveries);
                    assertThat(deliveries.await(stream)).isSameAs(thrown);
                    assertThat(running).as("nothing of it runs").hasValue(0);
                    assertThat(deliveries.jobs()).as("it gets no more").hasSize(50);
                    source.thread().join();
                    assertThat(source.closed()).isOne();
                    assertThat(get(pool.stats()).queued()).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPoolThatIsClosedTakesNothing(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> job);
        pool.close();
        Jobs source = new Jobs(10);
        Deliveries<Integer, Integer> deliveries = new Deliveries<>();
        Processing stream = pool.process(source, StreamOptions.ordered(), deliveries);
        assertThat(deliveries.await(stream)).isInstanceOf(RejectedExecutionException.class);
        assertThat(stream.progress()).isEqualTo(new BatchProgress(0, 0, 0, 0, 0, 0));
        awaitThat(() -> source.closed() == 1);
        assertThat(source.taken()).isZero();

        CountDownLatch closed = new CountDownLatch(1);
        Stream<Integer> jdk = Stream.of(1).onClose(closed::countDown);
        assertThat(deliveries.await(pool.process(jdk, StreamOptions.ordered(), deliveries)))
                .isInstanceOf(RejectedExecutionException.class);
        closed.await();
        assertThat(deliveries.jobs()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHandlerThatIgnoresItsCancellationIsGivenUp(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ofMillis(50));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            begun.countDown();
            Handlers.ignoreInterruptsUntil(release);
            return job;
        })) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream =
                    pool.process(new Jobs(Integer.MAX_VALUE), everyOrder().get(2), deliveries);
            begun.await();
            stream.cancel();
            BatchProgress counts = deliveries.awaitSuccess(stream);
            assertThat(counts.cancelled()).isEqualTo(counts.total());
            assertThat(release.getCount()).isOne();
            release.countDown();
        }
    }

    @Test
    void theLastStageOfAStreamIsNobodyElsesToComplete() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(new Jobs(1_000), StreamOptions.ordered(), deliveries);
            assertThat(stream.result().toCompletableFuture().complete(null)).isTrue();
            deliveries.awaitSuccess(stream);
        }
    }
}
