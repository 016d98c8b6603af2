package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.DeadLetter;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.eventstream.EventStream;
import dev.workpool.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What work on a queue tells itself is no dead letter when it ends, at whatever moment of its ticks. */
class WorkDeadLettersTest extends StoreTest {
    private static final int ROUNDS = 150 * Integer.getInteger("stress.scale", 1);

    WorkDeadLettersTest() {
        super(StoreKind.SQLITE);
    }

    @Test
    void workThatEndsLeavesNone() throws Exception {
        TestProbe<DeadLetter> probe = kit.createTestProbe();
        system.eventStream().tell(new EventStream.Subscribe<>(DeadLetter.class, probe.ref()));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), (String job) -> job));
        DurableQueue<String> queue = queue(queueSettings());
        for (int round = 0; round < ROUNDS; round++) {
            try (QueueWork work = queue.workOn(pool)) {
                get(queue.enqueue("job " + round));
                LockSupport.parkNanos(round * 1_000_000L % 110_000_000); // of every part of a tick
                assertThat(work).isNotNull();
            }
        }
        String last = "the last";
        system.deadLetters().tell(last);
        List<Object> letters = new ArrayList<>();
        for (Object each = next(probe); !each.equals(last); each = next(probe)) {
            letters.add(each);
        }
        assertThat(letters).isEmpty();
    }

    private static Object next(TestProbe<DeadLetter> probe) {
        return probe.receiveMessage(LONG).message();
    }
}
