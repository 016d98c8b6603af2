package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Work that is cancelled when the actor that it belongs to terminates. */
class OwnershipTest extends PoolTest {
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Negative jobs hang. */
    private ActorRef<PoolCommand<Integer, Integer>> spawnPool() {
        CountDownLatch runs = running;
        CountDownLatch stopped = interrupted;
        return kit.spawn(WorkerPool.behavior(settings(1), (Integer job) -> {
            if (job < 0) {
                runs.countDown();
                try {
                    new Semaphore(0).acquire();
                } catch (InterruptedException e) {
                    stopped.countDown();
                }
            }
            return job;
        }));
    }

    private ActorRef<String> spawnOwner() {
        return kit.spawn(Behaviors.<String>ignore());
    }

    private void stop(ActorRef<String> owner) {
        kit.stop(owner, LONG);
    }

    private static PoolCommand.SubmitAll<Integer, Integer> batch(
            TestProbe<BatchResult<Integer>> replyTo, Integer... jobs) {
        return new PoolCommand.SubmitAll<>(List.of(jobs), BatchOptions.defaults(), replyTo.ref());
    }

    @Test
    void anOwnerThatDiesTakesItsBatchesAlongAndNoOthers() throws Exception {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        ActorRef<String> other = spawnOwner();
        TestProbe<BatchResult<Integer>> running1 = kit.createTestProbe();
        TestProbe<BatchResult<Integer>> queued = kit.createTestProbe();
        TestProbe<BatchResult<Integer>> others = kit.createTestProbe();
        TestProbe<BatchResult<Integer>> nobodys = kit.createTestProbe();
        pool.tell(batch(running1, -1, -2, 3).ownedBy(owner));
        running.await();
        pool.tell(batch(queued, 4, 5).ownedBy(owner));
        pool.tell(batch(others, 6).ownedBy(other));
        pool.tell(batch(nobodys, 7));
        stop(owner);
        interrupted.await();
        assertThat(running1.receiveMessage(LONG).cancelled()).isEqualTo(3);
        assertThat(queued.receiveMessage(LONG).cancelled()).isEqualTo(2);
        assertThat(others.receiveMessage(LONG).values()).containsExactly(6);
        assertThat(nobodys.receiveMessage(LONG).values()).containsExactly(7);
    }

    @Test
    void anOwnerThatDiedBeforeTakesItsBatchAlong() {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        stop(owner);
        TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
        for (int round = 0; round < 2; round++) {
            pool.tell(batch(result, -1, 2).ownedBy(owner));
            assertThat(result.receiveMessage(LONG).cancelled()).isEqualTo(2);
        }
    }

    @Test
    void anOwnerThatDiesAfterwardsTakesNothingAlong() {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
        pool.tell(batch(result, 1, 2).ownedBy(owner));
        pool.tell(batch(result).ownedBy(owner)); // an empty one is complete as it comes
        assertThat(result.receiveMessage(LONG).values()).isIn(List.of(1, 2), List.of());
        assertThat(result.receiveMessage(LONG).values()).isIn(List.of(1, 2), List.of());
        stop(owner);
        pool.tell(batch(result, 3));
        assertThat(result.receiveMessage(LONG).values()).containsExactly(3);
    }

    @Test
    void anOwnerThatLivesOnOwnsItsSecondBatchWhenTheFirstIsComplete() throws Exception {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
        pool.tell(batch(result, 1).ownedBy(owner));
        pool.tell(batch(result, -3).ownedBy(owner));
        assertThat(result.receiveMessage(LONG).values()).containsExactly(1);
        running.await();
        stop(owner);
        assertThat(result.receiveMessage(LONG).cancelled()).isEqualTo(1);
    }

    @Test
    void aSingleJobHasAnOwnerToo() throws Exception {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        TestProbe<Outcome<Integer>> outcomes = kit.createTestProbe();
        pool.tell(new PoolCommand.Submit<>(1, outcomes.ref()).ownedBy(owner));
        assertThat(outcomes.receiveMessage(LONG)).isEqualTo(new Outcome.Succeeded<>(1, 1));
        TestProbe<Outcome<Integer>> queued = kit.createTestProbe();
        pool.tell(new PoolCommand.Submit<>(-1, outcomes.ref()).ownedBy(owner));
        running.await();
        pool.tell(new PoolCommand.Submit<>(2, queued.ref()).ownedBy(owner));
        stop(owner);
        assertThat(outcomes.receiveMessage(LONG)).isEqualTo(new Outcome.Cancelled<>(1));
        assertThat(queued.receiveMessage(LONG)).isEqualTo(new Outcome.Cancelled<>(0));
    }

    @Test
    void ownedWorkIsRejectedLikeAnyOther() throws Exception {
        ActorRef<PoolCommand<Integer, Integer>> pool = spawnPool();
        ActorRef<String> owner = spawnOwner();
        TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
        TestProbe<Outcome<Integer>> outcome = kit.createTestProbe();
        TestProbe<Done> done = kit.createTestProbe();
        pool.tell(batch(result, -1).ownedBy(owner));
        running.await();
        pool.tell(new PoolCommand.Drain<>(done.ref()));
        pool.tell(batch(result, 2, 3).ownedBy(owner));
        pool.tell(new PoolCommand.Submit<>(4, outcome.ref()).ownedBy(owner));
        assertThat(result.receiveMessage(LONG).rejected()).isEqualTo(2);
        assertThat(outcome.receiveMessage(LONG)).isInstanceOf(Outcome.Rejected.class);
        stop(owner);
        assertThat(result.receiveMessage(LONG).cancelled()).isEqualTo(1);
        done.receiveMessage(LONG);
    }

    @Test
    void aStartedPoolHasOwnersToo() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            new Semaphore(0).acquire();
            return job;
        })) {
            ActorRef<String> owner = spawnOwner();
            TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
            pool.ref().tell(batch(result, 1).ownedBy(owner));
            stop(owner);
            assertThat(result.receiveMessage(LONG).cancelled()).isEqualTo(1);
        }
    }

    @Test
    void commandsWithoutAnOwnerHaveNone() {
        TestProbe<BatchResult<Integer>> result = kit.createTestProbe();
        TestProbe<Outcome<Integer>> outcome = kit.createTestProbe();
        assertThat(batch(result, 1).owner()).isEmpty();
        assertThat(new PoolCommand.Submit<>(1, outcome.ref()).owner()).isEmpty();
        ActorRef<String> owner = spawnOwner();
        assertThat(batch(result, 1).ownedBy(owner).owner()).contains(owner);
        assertThatThrownBy(() -> batch(result, 1).ownedBy(null)).hasMessage("owner");
        assertThatThrownBy(() -> new PoolCommand.Submit<>(1, outcome.ref()).ownedBy(null))
                .hasMessage("owner");
    }
}
