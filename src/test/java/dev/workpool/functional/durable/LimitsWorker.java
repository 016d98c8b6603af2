package dev.workpool.functional.durable;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A process that works on a queue with limits, and says when each handler is called and when it has ended. */
final class LimitsWorker {
    static final String BEGUN = "begun ";
    static final String ENDED = "ended ";
    private static final String OTHER = "other";
    private static final int MOST_WORKERS = 6;

    private LimitsWorker() {}

    /** Microseconds of the clock that all processes of the machine share. */
    static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[2]));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "limits");
        QueueSettings settings = QueueSettings.create(system, FaultTest.QUEUE)
                .withLease(Duration.parse(arguments[1]))
                .withPollInterval(Duration.ofMillis(100));
        DurableQueue<String> queue = DurableQueue.open(
                system,
                JobStore.postgres(arguments[0], "postgres", ""),
                settings,
                JobCodec.strings(),
                QueueOrder.byPriority());
        AtomicInteger numbers = new AtomicInteger();
        WorkerPool<String, Void> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "jobs").withWorkers(4), (String job) -> {
                    if (job.equals(OTHER)) {
                        LockSupport.parkNanos(random.nextInt(1_500) * 1_000_000L);
                        return null;
                    }
                    long nowUs = nowUs();
                    int number = numbers.incrementAndGet();
                    System.out.println(BEGUN + number + " " + nowUs);
                    try {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
                        return null;
                    } finally {
                        System.out.println(ENDED + number + " " + nowUs());
                    }
                });
        queue.workOn(pool);
        // Other work that the pool has, and another number of workers, now and then.
        Executors.newSingleThreadScheduledExecutor()
                .scheduleWithFixedDelay(
                        () -> {
                            if (random.nextInt(3) == 0) {
                                pool.resize(1 + random.nextInt(MOST_WORKERS));
                            }
                            for (int i = random.nextInt(2 * MOST_WORKERS); i > 0; i--) {
                                pool.submit(OTHER);
                            }
                        },
                        500,
                        700,
                        TimeUnit.MILLISECONDS);
    }
}
