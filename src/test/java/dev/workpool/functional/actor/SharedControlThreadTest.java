package dev.workpool.functional.actor;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.support.PoolTest;
import org.junit.jupiter.api.Test;

/** What pools of one actor system notice of each other, whose actors share a thread. */
class SharedControlThreadTest extends PoolTest {

    /** An actor that always has something to do, as those of a busy pool. */
    @Test
    void actorsThatAreAlwaysBusyDoNotKeepAPoolFromItsJobs() throws Exception {
        ActorRef<String> busy = kit.spawn(
                Behaviors.<String>setup(context -> Behaviors.receiveMessage(message -> {
                    context.getSelf().tell(message);
                    return Behaviors.same();
                })),
                "busy",
                DispatcherSelector.fromConfig("workpool.dispatchers.control"));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            try {
                busy.tell("go on");
                for (int i = 0; i < 10; i++) {
                    assertThat(get(pool.submit(i))).isEqualTo(i);
                }
            } finally {
                kit.stop(busy); // before the pool, whose end it would keep out as well
            }
        }
    }
}
