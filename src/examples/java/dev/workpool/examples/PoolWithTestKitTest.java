package dev.workpool.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.workpool.Outcome;
import dev.workpool.PoolCommand;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

// README: test kit
class PoolWithTestKitTest {
    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void aJobIsDoubled() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(KIT.system(), "doublers");
        ActorRef<PoolCommand<Integer, Integer>> pool =
                KIT.spawn(WorkerPool.behavior(settings, (Integer job) -> job * 2));
        TestProbe<Outcome<Integer>> probe = KIT.createTestProbe();
        pool.tell(new PoolCommand.Submit<>(21, probe.ref()));
        assertEquals(new Outcome.Succeeded<>(42, 1), probe.receiveMessage());
    }
}
// README: end
