package dev.workpool.functional.durable;

import akka.actor.typed.ActorSystem;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;

/** The queues of the soak, as each process opens them. */
final class SoakQueues {
    static final String PLAIN = "plain";
    static final String TRANSACTIONAL = "transactional";
    static final String KEYED = "keyed";
    static final Duration LEASE = Duration.ofSeconds(1);

    /** More often than any job is out of luck. */
    private static final int ATTEMPTS = 100;

    private static final int KEYS = 16;

    private SoakQueues() {}

    /** The key of a job in the queue that is keyed. */
    static long key(long id) {
        return id % KEYS;
    }

    static DurableQueue<SoakJob> open(ActorSystem<?> system, JobStore store, String name, int version) {
        QueueSettings settings = QueueSettings.create(system, name)
                .withLease(LEASE)
                .withPollInterval(Duration.ofMillis(200))
                .withSegmentJobs(100)
                .withKeptOutcomes(KeptOutcomes.ALL)
                .withStoreTimeout(Duration.ofSeconds(5))
                .withRetry(RetryPolicy.attempts(ATTEMPTS).withFixedBackoff(Duration.ofMillis(20)));
        return DurableQueue.open(system, store, settings, SoakJob.codec(version), order(name));
    }

    private static QueueOrder<SoakJob> order(String name) {
        return name.equals(KEYED) ? QueueOrder.keyed(job -> key(job.id())) : QueueOrder.byPriority();
    }
}
