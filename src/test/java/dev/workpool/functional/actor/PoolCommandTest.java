package dev.workpool.functional.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pool as an actor: every command of its protocol, before and after its end. */
class PoolCommandTest extends PoolTest {

    private ActorRef<PoolCommand<Integer, Integer>> spawn(int workers) {
        return kit.spawn(WorkerPool.behavior(settings(workers), (Integer job) -> {
            if (job < 0) {
                throw new IllegalArgumentException("negative");
            }
            return job * 10;
        }));
    }

    @Test
    void everyCommandIsTestedHere() {
        Set<String> commands = Arrays.stream(PoolCommand.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
        assertThat(commands)
                .containsExactlyInAnyOrder(
                        "Submit",
                        "SubmitAll",
                        "CancelBatch",
                        "GetStats",
                        "Resize",
                        "SetRateLimit",
                        "Pause",
                        "Resume",
                        "Drain",
                        "Abort");
    }

    @Test
    void resizesAndLimitsAndPauses() {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawn(2);
        TestProbe<PoolStats> stats = kit.createTestProbe();
        TestProbe<Outcome<Integer>> outcomes = kit.createTestProbe();
        pool.tell(new PoolCommand.Resize<>(5));
        pool.tell(new PoolCommand.SetRateLimit<>(Optional.of(new RateLimit(0.001, 1))));
        pool.tell(new PoolCommand.Submit<>(1, outcomes.ref()));
        assertThat(outcomes.receiveMessage()).isEqualTo(new Outcome.Succeeded<>(10, 1));
        pool.tell(new PoolCommand.Submit<>(2, outcomes.ref())); // there is no permit for it in this hour
        pool.tell(new PoolCommand.Pause<>());
        pool.tell(new PoolCommand.SetRateLimit<>(Optional.empty()));
        pool.tell(new PoolCommand.GetStats<>(stats.ref()));
        PoolStats now = stats.receiveMessage();
        assertThat(now.workers()).isEqualTo(5);
        assertThat(now.queued()).isEqualTo(1);
        outcomes.expectNoMessage();
        pool.tell(new PoolCommand.Resume<>());
        assertThat(outcomes.receiveMessage()).isEqualTo(new Outcome.Succeeded<>(20, 1));
        assertThatThrownBy(() -> new PoolCommand.Resize<>(0)).hasMessage("workers = 0; allowed: 1 to 100000");
    }

    @Test
    void submitRepliesWithTheOutcome() {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawn(2);
        TestProbe<Outcome<Integer>> probe = kit.createTestProbe();
        pool.tell(new PoolCommand.Submit<>(4, probe.ref()));
        assertThat(probe.receiveMessage()).isEqualTo(new Outcome.Succeeded<>(40, 1));
        pool.tell(new PoolCommand.Submit<>(-4, probe.ref()));
        assertThat(probe.receiveMessage()).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void submitAllAnswersAnAsk() throws Exception {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawn(2);
        BatchResult<Integer> result = get(AskPattern.<PoolCommand<Integer, Integer>, BatchResult<Integer>>ask(
                pool,
                replyTo -> new PoolCommand.SubmitAll<>(jobs(100), BatchOptions.defaults(), replyTo),
                LONG,
                system.scheduler()));
        assertThat(result.values())
                .isEqualTo(jobs(100).stream().map(job -> job * 10).toList());
        BatchResult<Integer> empty = get(AskPattern.<PoolCommand<Integer, Integer>, BatchResult<Integer>>ask(
                pool,
                replyTo -> new PoolCommand.SubmitAll<>(List.of(), BatchOptions.defaults(), replyTo),
                LONG,
                system.scheduler()));
        assertThat(empty.size()).isZero();
    }

    @Test
    void cancelBatchCancelsTheBatchesOfThatId() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ActorRef<PoolCommand<Integer, Integer>> pool = kit.spawn(WorkerPool.behavior(settings(1), (Integer job) -> {
            if (job == 0) {
                running.countDown();
                new Semaphore(0).acquire();
            }
            return job;
        }));
        TestProbe<BatchResult<Integer>> nightly = kit.createTestProbe();
        TestProbe<BatchResult<Integer>> other = kit.createTestProbe();
        pool.tell(new PoolCommand.SubmitAll<>(List.of(0, 1, 2), BatchOptions.named("nightly"), nightly.ref()));
        pool.tell(new PoolCommand.SubmitAll<>(List.of(3, 4), BatchOptions.named("other"), other.ref()));
        running.await();
        pool.tell(new PoolCommand.CancelBatch<>("unknown"));
        pool.tell(new PoolCommand.CancelBatch<>("nightly"));
        assertThat(nightly.receiveMessage(LONG).cancelled()).isEqualTo(3);
        assertThat(other.receiveMessage(LONG).values()).containsExactly(3, 4);
    }

    @Test
    void getStatsRepliesWithASnapshot() {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawn(3);
        TestProbe<PoolStats> probe = kit.createTestProbe();
        pool.tell(new PoolCommand.GetStats<>(probe.ref()));
        PoolStats stats = probe.receiveMessage();
        assertThat(stats.workers()).isEqualTo(3);
        assertThat(stats.accepted()).isZero();
    }

    @Test
    void drainRejectsWhatComesLaterAndStopsTheActor() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ActorRef<PoolCommand<Integer, Integer>> pool = kit.spawn(WorkerPool.behavior(settings(1), (Integer job) -> {
            gate.await();
            return job;
        }));
        TestProbe<BatchResult<Integer>> batch = kit.createTestProbe();
        TestProbe<Outcome<Integer>> late = kit.createTestProbe();
        TestProbe<Done> done = kit.createTestProbe();
        pool.tell(new PoolCommand.SubmitAll<>(jobs(3), BatchOptions.defaults(), batch.ref()));
        pool.tell(new PoolCommand.Drain<>(done.ref()));
        pool.tell(new PoolCommand.Drain<>(done.ref()));
        pool.tell(new PoolCommand.Submit<>(9, late.ref()));
        assertThat(late.receiveMessage()).isInstanceOf(Outcome.Rejected.class);
        pool.tell(new PoolCommand.SubmitAll<>(jobs(3), BatchOptions.defaults(), batch.ref()));
        assertThat(batch.receiveMessage().rejected()).isEqualTo(3);
        gate.countDown();
        assertThat(batch.receiveMessage(LONG).isSuccess()).isTrue();
        done.receiveMessage(LONG);
        done.receiveMessage(LONG);
        done.expectTerminated(pool, LONG);
    }

    @Test
    void everyOutcomeComesBeforeTheEndIsTold() {
        for (int round = 0; round < 30; round++) {
            ActorRef<PoolCommand<Integer, Integer>> pool = spawn(2);
            TestProbe<Object> probe = kit.createTestProbe();
            for (int i = 0; i < 20; i++) {
                pool.tell(new PoolCommand.Submit<>(i, probe.ref().narrow()));
            }
            pool.tell(new PoolCommand.SubmitAll<>(
                    jobs(20), BatchOptions.defaults(), probe.ref().narrow()));
            pool.tell(new PoolCommand.Drain<>(probe.ref().narrow()));
            for (int i = 0; i < 21; i++) {
                assertThat(probe.receiveMessage(LONG)).isNotInstanceOf(Done.class);
            }
            assertThat(probe.receiveMessage(LONG)).isInstanceOf(Done.class);
        }
    }

    @Test
    void abortCancelsAndStopsTheActor() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ActorRef<PoolCommand<Integer, Integer>> pool = kit.spawn(WorkerPool.behaviorAsync(
                settings(1).withCancelGrace(Duration.ofMillis(10)), (Integer job, JobContext context) -> {
                    running.countDown();
                    return new java.util.concurrent.CompletableFuture<Integer>().minimalCompletionStage();
                }));
        TestProbe<BatchResult<Integer>> batch = kit.createTestProbe();
        TestProbe<Done> done = kit.createTestProbe();
        pool.tell(new PoolCommand.SubmitAll<>(jobs(3), BatchOptions.defaults(), batch.ref()));
        running.await();
        pool.tell(new PoolCommand.Abort<>(done.ref()));
        assertThat(batch.receiveMessage(LONG).cancelled()).isEqualTo(3);
        done.receiveMessage(LONG);
        done.expectTerminated(pool, LONG);
    }

    @Test
    void aStartedPoolHasARefToo() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            TestProbe<Outcome<Integer>> probe = kit.createTestProbe();
            pool.ref().tell(new PoolCommand.Submit<>(4, probe.ref()));
            assertThat(probe.receiveMessage(LONG)).isEqualTo(new Outcome.Succeeded<>(4, 1));
        }
    }

    @Test
    void commandsCheckThemselvesOnTheSendersThread() {
        TestProbe<Outcome<Integer>> probe = kit.createTestProbe();
        TestProbe<BatchResult<Integer>> results = kit.createTestProbe();
        assertThatThrownBy(() -> new PoolCommand.Submit<>(null, probe.ref())).hasMessageContaining("job");
        assertThatThrownBy(() -> new PoolCommand.Submit<Integer, Integer>(1, null))
                .hasMessageContaining("replyTo");
        List<Integer> withNull = Arrays.asList(1, null);
        assertThatThrownBy(() -> new PoolCommand.SubmitAll<>(withNull, BatchOptions.defaults(), results.ref()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("index 1");
        assertThatThrownBy(() -> new PoolCommand.CancelBatch<>("")).hasMessageContaining("name = ; allowed");
        Stream.<Runnable>of(
                        () -> new PoolCommand.GetStats<>(null),
                        () -> new PoolCommand.Drain<>(null),
                        () -> new PoolCommand.Abort<>(null))
                .forEach(command -> assertThatThrownBy(command::run).isInstanceOf(NullPointerException.class));
        List<Integer> mine = new ArrayList<>(List.of(1));
        PoolCommand.SubmitAll<Integer, Integer> copied =
                new PoolCommand.SubmitAll<>(mine, BatchOptions.defaults(), results.ref());
        mine.clear();
        assertThat(copied.jobs()).containsExactly(1);
    }
}
