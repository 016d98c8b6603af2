package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.workpool.WorkerPool;
import dev.workpool.examples.AskThePool.Command;
import dev.workpool.examples.AskThePool.Sum;
import dev.workpool.examples.AskThePool.Total;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an actor answers that has asked a pool: one that works, one that hangs, one that is gone. */
@Timeout(120)
class AskThePoolTest {
    private static final ActorTestKit KIT = ActorTestKit.create("ask-the-pool", ManualTime.config());
    private static final ManualTime TIME = ManualTime.get(KIT.system());

    private final TestProbe<Total> totals = KIT.createTestProbe();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private Total answer() {
        return totals.receiveMessage(PoolTest.LONG);
    }

    @Test
    void numbersAreSummedUpAndWhatIsNoneIsNamed() {
        ActorRef<Command> actor = KIT.spawn(AskThePool.create());
        actor.tell(new Sum(List.of("1", "20", "300"), totals.ref()));
        assertThat(answer()).isEqualTo(new Total(321, List.of()));
        actor.tell(new Sum(List.of("1", "one", "2"), totals.ref()));
        assertThat(answer()).isEqualTo(new Total(3, List.of("For input string: \"one\"")));
        actor.tell(new Sum(List.of(), totals.ref()));
        assertThat(answer()).isEqualTo(new Total(0, List.of()));
    }

    @Test
    void whatHangsIsAProblemWhenTheBatchHasHadItsTime() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ActorRef<PoolCommand<String, Integer>> pool = KIT.spawn(WorkerPool.behavior(
                WorkerPoolSettings.create(KIT.system(), "hanging").withWorkers(1), (String text) -> {
                    running.countDown();
                    return Handlers.hang();
                }));
        KIT.spawn(AskThePool.create(pool)).tell(new Sum(List.of("1"), totals.ref()));
        running.await();
        TIME.timePasses(AskThePool.BATCH_TIMEOUT);
        assertThat(answer()).isEqualTo(new Total(0, List.of("the job took longer than PT30S")));
    }

    @Test
    void theWorkIsTheActorsOwn() {
        TestProbe<PoolCommand<String, Integer>> pool = KIT.createTestProbe();
        ActorRef<Command> actor = KIT.spawn(AskThePool.create(pool.ref()));
        actor.tell(new Sum(List.of("1"), totals.ref()));
        PoolCommand.SubmitAll<String, Integer> command =
                (PoolCommand.SubmitAll<String, Integer>) pool.receiveMessage(PoolTest.LONG);
        assertThat(command.jobs()).containsExactly("1");
        assertThat(command.owner()).contains(actor);
    }

    @Test
    void aPoolThatDoesNotAnswerIsAProblemWhenTheAskHasHadItsTime() {
        TestProbe<PoolCommand<String, Integer>> pool = KIT.createTestProbe();
        KIT.spawn(AskThePool.create(pool.ref())).tell(new Sum(List.of("1"), totals.ref()));
        pool.receiveMessage(PoolTest.LONG);
        TIME.timePasses(AskThePool.ASK_TIMEOUT.minus(Duration.ofMillis(1)));
        totals.expectNoMessage(Duration.ZERO);
        TIME.timePasses(Duration.ofMillis(1));
        assertThat(answer().problems()).singleElement().asString().contains("Ask timed out");
    }
}
