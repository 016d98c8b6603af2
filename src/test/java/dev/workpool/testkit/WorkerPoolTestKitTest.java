package dev.workpool.testkit;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In virtual time a pool does on the test's thread what it does in production on others. */
class WorkerPoolTestKitTest {
    private static final Duration LITTLE = ofMillis(1);

    private final WorkerPoolTestKit kit = WorkerPoolTestKit.create();

    @AfterEach
    void close() {
        kit.close();
    }

    private static RetryPolicy retries(int attempts, Duration backoff) {
        return RetryPolicy.attempts(attempts)
                .withExponentialBackoff(backoff, backoff)
                .withJitter(false);
    }

    private static List<Integer> jobs(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void jobsRunOnTheTestsThreadWhenItSaysSo() {
        List<Thread> threads = new ArrayList<>();
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> {
            threads.add(Thread.currentThread());
            return job + 1;
        });
        Batch<Integer> batch = pool.submitAll(jobs(3));
        assertThat(threads).isEmpty();
        assertThat(batch).isNotComplete().hasPending(3);
        kit.drain();
        assertThat(batch).isComplete().hasSucceeded(3);
        assertThat(threads).hasSize(3).containsOnly(Thread.currentThread());
        assertThat(kit.time()).isZero();
    }

    @Test
    void aRetryComesAtItsTime() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job)
                .on(1)
                .failsWith(new IOException("no"))
                .thenReturns(7);
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withRetry(retries(2, ofHours(1))), script);
        CompletableFuture<Integer> future = pool.submit(1);
        kit.advance(ofHours(1).minus(LITTLE));
        assertThat(future).isNotDone();
        assertThat(pool).received(1).withAttempts(1).hasNothingRunning();
        kit.advance(LITTLE);
        assertThat(future).isCompletedWithValue(7);
        assertThat(pool).received(1).withAttempts(2).hasNothingRunning().isIdle();
        assertThat(kit.attempts(pool)).extracting(Attempt::begun).containsExactly(Duration.ZERO, ofHours(1));
    }

    @Test
    void aJobThatHangsTimesOut() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(1).hangs();
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withJobTimeout(ofMinutes(10)), script);
        Batch<Integer> batch = pool.submitAll(List.of(0, 1));
        kit.advance(ofMinutes(10).minus(LITTLE));
        assertThat(batch).hasSucceeded(1).hasPending(1);
        assertThat(pool).hasRunning(1);
        kit.advance(LITTLE);
        assertThat(batch).isComplete().hasTimedOut(1);
        assertThat(kit.await(batch.result()).outcomes().get(1)).isEqualTo(new Outcome.TimedOut<>(ofMinutes(10), 1));
        assertThat(pool).hasNothingRunning();
    }

    @Test
    void aJobThatIgnoresItsInterruptIsAbandoned() {
        Script<Integer, Integer> script =
                Script.of((Integer job) -> job).on(1).hangs().ignoresInterrupt();
        WorkerPool<Integer, Integer> pool =
                kit.start(kit.settings("pool").withWorkers(1).withCancelGrace(ofMinutes(1)), script);
        Batch<Integer> batch = pool.submitAll(List.of(1, 2));
        kit.drain();
        batch.cancel();
        kit.advance(ofMinutes(1).minus(LITTLE));
        assertThat(batch).isNotComplete().hasCancelled(1);
        kit.advance(LITTLE);
        assertThat(batch).isComplete().hasCancelled(2);
        assertThat(pool.snapshot().abandoned()).isEqualTo(1);
        assertThat(pool).hasRunning(1);
        assertThat(kit.await(pool.submit(3))).isEqualTo(3);
    }

    @Test
    void jobsTakeVirtualTime() {
        Script<Integer, Integer> script = Script.of((Integer job) -> -job)
                .on(1)
                .takes(ofMinutes(5))
                .on(2)
                .takes(ofMinutes(7))
                .returns(3);
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), script);
        CompletableFuture<Integer> one = pool.submit(1);
        CompletableFuture<Integer> two = pool.submit(2);
        assertThat(kit.await(one)).isEqualTo(-1);
        assertThat(kit.time()).isEqualTo(ofMinutes(5));
        assertThat(kit.clock().instant()).isEqualTo(Instant.EPOCH.plus(ofMinutes(5)));
        assertThat(kit.await(two)).isEqualTo(3);
        assertThat(kit.time()).isEqualTo(ofMinutes(7));
    }

    @Test
    void whoWaitsForAPoolHasTimePass() throws Exception {
        Script<Integer, Integer> script =
                Script.of((Integer job) -> job).on(1).takes(ofHours(1)).on(2).takes(ofHours(9));
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), script);
        assertThat(pool.submit(1).join()).isEqualTo(1);
        assertThat(pool.submit(1).get(61, TimeUnit.MINUTES)).isEqualTo(1);
        assertThat(pool.submit(1).thenApply(result -> result + 1).join()).isEqualTo(2);
        assertThat(pool.submitAll(List.of(1))
                        .result()
                        .toCompletableFuture()
                        .join()
                        .values())
                .containsExactly(1);
        assertThat(kit.time()).isEqualTo(ofHours(4));
        CompletableFuture<Integer> late = pool.submit(2);
        assertThatThrownBy(() -> late.get(8, TimeUnit.HOURS)).isInstanceOf(TimeoutException.class);
        assertThat(kit.time()).isEqualTo(ofHours(12));
        kit.await(pool.drain());
        assertThat(late).isCompletedWithValue(2);
        assertThat(kit.time()).isEqualTo(ofHours(13));
    }

    @Test
    void whatCannotHappenIsSaidAtOnce() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(5).hangs();
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(1), script);
        Batch<Integer> batch = pool.submitAll(List.of(4, 5, 6));
        assertThatThrownBy(() -> kit.await(batch.result()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no task is ready and no timer is set")
                .hasMessageContaining("pool 'pool': 1 queued, 0 waiting for their time, 1 handed to workers")
                .hasMessageContaining("runs 5, attempt 1, since PT0S");
        assertThatThrownBy(kit::skipToIdle).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.result().toCompletableFuture().join()).isInstanceOf(IllegalStateException.class);
        batch.cancel();
        kit.skipToIdle();
        assertThat(batch).isComplete().hasSucceeded(1).hasCancelled(2);
    }

    @Test
    void aTimerThatGoesOffForEverIsNoReasonToGoOn() {
        kit.system()
                .scheduler()
                .scheduleAtFixedRate(
                        ofSeconds(1), ofSeconds(1), () -> {}, kit.system().executionContext());
        assertThatThrownBy(() -> kit.await(new CompletableFuture<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("timers have gone off");
    }

    @Test
    void aStageThatFailsFailsWhoAwaitsIt() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> {
            throw new IOException("no");
        });
        assertThatThrownBy(() -> kit.await(pool.submit(1)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void anAssertionThatFailsInAHandlerEndsTheTestAtOnce() {
        WorkerPool<Integer, Integer> pool =
                kit.start(kit.settings("pool").withWorkers(1).withRetry(retries(5, ofHours(1))), (Integer job) -> {
                    assertThat(job).isLessThan(3);
                    return job;
                });
        Batch<Integer> batch = pool.submitAll(jobs(10));
        assertThatThrownBy(() -> kit.await(batch.result()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("less than");
        assertThat(kit.time()).isZero();
        assertThat(kit.attempts(pool)).hasSize(4);
    }

    @Test
    void anAssertionThatFailsInAConsumerEndsTheTestAtOnce() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        pool.submitAll(
                jobs(3),
                BatchOptions.defaults(),
                (job, outcome) -> assertThat(job).isZero());
        assertThatThrownBy(kit::drain).isInstanceOf(AssertionError.class).hasMessageContaining("but was: 1");
    }

    @Test
    void whateverAConsumerThrowsEndsTheTest() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        pool.submitAll(jobs(3), BatchOptions.defaults(), (job, outcome) -> {
            throw new UncheckedIOException("no disk", new IOException());
        });
        assertThatThrownBy(kit::drain)
                .isInstanceOf(AssertionError.class)
                .hasMessage("a consumer of a batch's outcomes has thrown java.io.UncheckedIOException: no disk")
                .hasCauseInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkerPoolTestKit.Mode.class,
            names = {"VIRTUAL", "REAL"})
    void whateverAnObserverThrowsFailsTheTest(WorkerPoolTestKit.Mode mode) {
        PoolObserver observer = new PoolObserver() {
            @Override
            public void onStart(String pool, int workers) {
                throw new IllegalStateException("no log");
            }
        };
        WorkerPoolTestKit other =
                WorkerPoolTestKit.create(TestKitOptions.defaults().withMode(mode));
        WorkerPool<Integer, Integer> pool =
                other.start(other.settings("pool").withObserver(observer), (Integer job) -> job);
        assertThatThrownBy(() -> {
                    other.await(pool.submit(1));
                    other.await(pool.drain());
                    other.close();
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("pool 'pool': an observer (")
                .hasMessageEndingWith(") has thrown java.lang.IllegalStateException: no log");
        other.close();
    }

    /** It ends its stream, and whoever waits for that is told. */
    @Test
    void whatAStreamsConsumerThrowsIsTheStreamsAffair() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        Processing processing = pool.process(jobs(3).iterator(), StreamOptions.ordered(), (job, outcome) -> {
            throw new UncheckedIOException("no disk", new IOException());
        });
        assertThatThrownBy(() -> kit.await(processing.result())).hasCauseInstanceOf(UncheckedIOException.class);
        kit.drain();
    }

    @Test
    void anAssertionThatFailedWhereNobodyLookedFailsTheEnd() {
        WorkerPoolTestKit other = WorkerPoolTestKit.create();
        CompletableFuture<Integer> stage = new CompletableFuture<>();
        other.startAsync(other.settings("pool"), (Integer job, dev.workpool.job.JobContext context) -> stage)
                .submit(1);
        other.drain();
        stage.completeExceptionally(new AssertionError("late"));
        assertThatThrownBy(other::close).isInstanceOf(AssertionError.class).hasMessage("late");
        other.close();
    }

    @Test
    void aKitThatIsClosedSaysSo() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        Batch<Integer> batch = pool.submitAll(jobs(3));
        kit.close();
        assertThat(batch).isComplete().hasCancelled(3);
        assertThatThrownBy(kit::drain).isInstanceOf(IllegalStateException.class).hasMessage("the test kit is closed");
        assertThatThrownBy(() -> assertThat(pool).hasNothingRunning()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jobsBeginAtTheRate() {
        WorkerPool<Integer, Integer> pool =
                kit.start(kit.settings("pool").withRateLimit(new RateLimit(1, 1)), (Integer job) -> job);
        Batch<Integer> batch = pool.submitAll(jobs(10));
        kit.drain();
        for (int done = 1; done < 10; done++) {
            assertThat(batch).hasSucceeded(done);
            kit.advance(ofSeconds(1));
        }
        assertThat(batch).isComplete();
    }

    /** Which in production takes 0.3 ms. */
    @Test
    void noJobWaitsBehindOneThatHangsWhileAWorkerIsIdle() {
        Script<Integer, Integer> script =
                Script.of((Integer job) -> job).on(500).hangs();
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), script);
        Batch<Integer> batch = pool.submitAll(jobs(1000));
        kit.drain();
        assertThat(batch).hasSucceeded(999).hasPending(1);
        assertThat(kit.time()).isZero();
    }

    @Test
    void aWorkerThatIsKilledIsReplaced() {
        Script<Integer, Integer> script =
                Script.of((Integer job) -> job).on(0).takes(ofHours(1)).on(1).takes(ofHours(1));
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), script);
        Batch<Integer> batch = pool.submitAll(jobs(10));
        kit.drain();
        kit.killWorker(pool, 0);
        kit.skipToIdle();
        assertThat(batch).isComplete();
        assertThat(pool.snapshot().replacedWorkers()).isEqualTo(1);
        assertThat(pool.snapshot().workers()).isEqualTo(2);
        assertThatThrownBy(() -> kit.killWorker(pool, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workerIndex = 2; allowed: 0 to 1");
    }

    @Test
    void whoFindsNoRoomHasJobsRun() {
        for (WhenFull whenFull : List.of(WhenFull.BLOCK, WhenFull.CALLER_RUNS)) {
            WorkerPoolSettings settings =
                    kit.settings("pool-" + whenFull.name()).withWorkers(1).withQueueCapacity(1, whenFull);
            WorkerPool<Integer, Integer> pool = kit.start(settings, (Integer job) -> job);
            List<CompletableFuture<Integer>> futures =
                    jobs(10).stream().map(pool::submit).toList();
            kit.drain();
            assertThat(futures).as(whenFull.name()).allMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void aStreamRunsOnTheTestsThreadToo() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(30).takes(ofHours(1));
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withWorkers(2), script);
        List<Integer> seen = new ArrayList<>();
        Processing stream = pool.process(
                jobs(100).iterator(), StreamOptions.<Integer>ordered().withWindow(10), (job, outcome) -> seen.add(job));
        kit.drain();
        assertThat(seen).isEqualTo(jobs(30));
        assertThat(stream.progress().total()).isEqualTo(40);
        kit.await(stream.result());
        assertThat(seen).isEqualTo(jobs(100));
        assertThat(kit.time()).isEqualTo(ofHours(1));
    }

    @Test
    void aStreamThatIsCancelledEnds() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        List<Integer> seen = new ArrayList<>();
        Processing[] stream = new Processing[1];
        stream[0] = pool.process(
                IntStream.iterate(0, each -> each + 1).iterator(),
                StreamOptions.<Integer>ordered().withWindow(10),
                (job, outcome) -> {
                    seen.add(job);
                    if (job == 50) {
                        stream[0].cancel();
                    }
                });
        kit.await(stream[0].result());
        assertThat(seen).startsWith(jobs(50).toArray(new Integer[0]));
        pool.close();
    }

    @Test
    void aStreamEndsBeforeItsPool() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        List<Integer> seen = new ArrayList<>();
        Processing stream = pool.process(
                jobs(20).iterator(),
                StreamOptions.<Integer>asCompleted().withWindow(3),
                (job, outcome) -> seen.add(job));
        pool.drain();
        kit.skipToIdle();
        assertThat(stream.result().toCompletableFuture()).isDone();
    }

    @Test
    void anExecutorsTasksRunThereAsWell() throws Exception {
        PoolExecutor executor =
                PoolExecutor.start(kit.system(), kit.settings("executor").withWorkers(2));
        List<Thread> threads = new ArrayList<>();
        Future<Integer> future = executor.submit(() -> {
            threads.add(Thread.currentThread());
            return 5;
        });
        assertThat(threads).isEmpty();
        assertThat(future.get()).isEqualTo(5);
        assertThat(executor.invokeAll(List.of(() -> 1, () -> 2))).hasSize(2).allMatch(Future::isDone);
        executor.execute(() -> threads.add(Thread.currentThread()));
        executor.close();
        assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
        assertThat(executor.awaitTermination(1, TimeUnit.HOURS)).isTrue();
    }

    @Test
    void aPoolAsAnActorIsRunAsWell() {
        ActorRef<PoolCommand<Integer, Integer>> pool = kit.system()
                .systemActorOf(
                        WorkerPool.behavior(kit.settings("actor").withRetry(retries(2, ofHours(1))), (Integer job) -> {
                            if (kit.time().isZero()) {
                                throw new IOException("too early");
                            }
                            return job;
                        }),
                        "pool",
                        akka.actor.typed.Props.empty());
        CompletionStage<Outcome<Integer>> outcome = AskPattern.ask(
                pool,
                replyTo -> new PoolCommand.Submit<>(1, replyTo),
                ofHours(2),
                kit.system().scheduler());
        assertThat(kit.await(outcome)).hasSucceededWith(1).hasAttempts(2);
        assertThat(kit.time()).isEqualTo(ofHours(1));
    }

    @Test
    void actorsOfTheApplicationRunAsWell() {
        List<String> log = new ArrayList<>();
        ActorRef<String> actor = kit.system()
                .systemActorOf(
                        Behaviors.<String>withTimers(timers -> {
                            timers.startSingleTimer("later", ofHours(1));
                            return Behaviors.receiveMessage(message -> {
                                log.add(message + " " + Thread.currentThread().getName());
                                return Behaviors.same();
                            });
                        }),
                        "actor",
                        akka.actor.typed.Props.empty());
        actor.tell("now");
        kit.drain();
        kit.advance(ofHours(1));
        String name = Thread.currentThread().getName();
        assertThat(log).containsExactly("now " + name, "later " + name);
    }

    @Test
    void aDrainedPoolEndsWithItsLastJob() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(1).takes(ofHours(1));
        WorkerPool<Integer, Integer> pool = kit.start("pool", script);
        Batch<Integer> batch = pool.submitAll(jobs(3));
        kit.drain();
        CompletionStage<Done> drained = pool.drain();
        kit.await(drained);
        assertThat(batch).isComplete().hasSucceeded(3);
        assertThat(kit.time()).isEqualTo(ofHours(1));
        assertThat(kit.await(pool.submitAll(List.of(1)).result()).counts().rejected())
                .isEqualTo(1);
    }

    @Test
    void closingTakesTheCloseTimeoutOfVirtualTime() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(1).hangs();
        WorkerPool<Integer, Integer> pool = kit.start(kit.settings("pool").withCloseTimeout(ofHours(5)), script);
        Batch<Integer> batch = pool.submitAll(List.of(1));
        pool.close();
        assertThat(batch).isComplete().hasCancelled(1);
        assertThat(kit.time()).isEqualTo(ofHours(5));
    }

    @Test
    void aCoordinatedShutdownIsPartOfTheTest() {
        Script<Integer, Integer> script = Script.of((Integer job) -> job).on(1).takes(ofMinutes(5));
        WorkerPool<Integer, Integer> pool = kit.start("pool", script);
        Batch<Integer> batch = pool.submitAll(jobs(3));
        kit.drain();
        kit.await(CoordinatedShutdown.get(kit.system()).runAll(CoordinatedShutdown.unknownReason()));
        assertThat(batch).isComplete().hasSucceeded(3);
    }

    @Test
    void jitterIsTheSameInEachRun() {
        List<List<Duration>> runs = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            try (WorkerPoolTestKit each = WorkerPoolTestKit.create()) {
                RetryPolicy policy = RetryPolicy.attempts(10).withExponentialBackoff(ofSeconds(1), ofHours(1));
                WorkerPool<Integer, Integer> pool =
                        each.start(each.settings("pool").withWorkers(3).withRetry(policy), (Integer job) -> {
                            throw new IOException("each time");
                        });
                BatchResult<Integer> result = each.await(pool.submitAll(jobs(5)).result());
                assertThat(result.counts().failed()).isEqualTo(5);
                runs.add(each.attempts(pool).stream().map(Attempt::begun).toList());
            }
        }
        assertThat(runs.get(0)).hasSize(50).isEqualTo(runs.get(1)).isEqualTo(runs.get(2));
    }

    @Test
    void whatWasSubmittedIsKnown() {
        WorkerPool<Integer, Integer> pool = kit.start("pool", (Integer job) -> job);
        pool.submit(3);
        pool.submitAll(List.of(1, 2));
        assertThat(kit.submissions(pool)).containsExactly(3, 1, 2);
        assertThat(pool).received(2).withAttempts(0).hasNotReceived(4);
    }

    @Test
    void badArgumentsAreRefused() {
        assertThatThrownBy(() -> kit.advance(ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("duration = PT-1S");
        assertThatThrownBy(kit::runNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MANUAL");
    }
}
