package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stands still for longer than its lease, and wakes. */
class StalledProcessTest extends FaultTest {
    private static final String BEGUN = "begun";

    @TempDir
    private Path directory;

    /** Works on the queue, where each job takes until a file is there, and says what has become of it. */
    static final class Worker {
        private static final long LOOK_NS = 10_000_000L;

        private Worker() {}

        public static void main(String[] arguments) {
            Path end = Path.of(arguments[1]);
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "stalled");
            QueueSettings settings = QueueSettings.create(system, QUEUE).withLease(Duration.ofSeconds(1));
            DurableQueue<String> queue = DurableQueue.open(
                    system,
                    JobStore.postgres(arguments[0], "postgres", ""),
                    settings,
                    JobCodec.strings(),
                    QueueOrder.byPriority());
            QueueWork work =
                    queue.workOn(WorkerPool.start(system, WorkerPoolSettings.create(system, "jobs"), (String job) -> {
                        System.out.println(BEGUN);
                        awaitFile(end);
                        return null;
                    }));
            while (work.stats().fenced() == 0) {
                LockSupport.parkNanos(LOOK_NS);
            }
            System.out.println("succeeded " + work.stats().succeeded());
        }

        /** Whether it is interrupted or not. */
        private static void awaitFile(Path file) {
            while (!Files.exists(file)) {
                LockSupport.parkNanos(LOOK_NS);
            }
        }
    }

    @Test
    void itsAcknowledgementIsRefusedAndCounted() throws Exception {
        DurableQueue<String> queue = queue(store, queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        Path end = directory.resolve("end");
        try (ChildJvm child = ChildJvm.start(Worker.class, database.getUrl(), end.toString())) {
            child.awaitLine(BEGUN);
            child.suspend();
            QueueWork work = closed(queue.workOn(pool(job -> {})));
            assertThat(get(batch.ended())).isEqualTo(new BatchProgress(1, 1, 0, 0, 0, 0));
            assertThat(work.stats().reapedLeases()).isEqualTo(1);
            Files.createFile(end);
            child.resume();
            assertThat(child.awaitLine("succeeded")).isEqualTo("succeeded 0");
            assertThat(number("SELECT sum(succeeded) FROM workpool_outcome")).isEqualTo(1);
        }
    }
}
