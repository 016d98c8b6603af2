package dev.workpool.durable;

import dev.workpool.durable.internal.store.Availability;
import dev.workpool.durable.internal.work.QueueEvents;
import dev.workpool.durable.internal.work.WorkCounters;
import dev.workpool.durable.job.QueueObserver;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.StoreStatus;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.job.PoolHealth;
import dev.workpool.job.PoolHealth.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What can be seen of a queue in this process: what its works have done, whether it is well, and who is told. Thread-safe,
 * and never blocks.
 */
final class QueueMonitor {
    /** For so long a lost lease is a reason to look. */
    private static final long LATELY_NS = TimeUnit.MINUTES.toNanos(1);

    private final QueueEvents events;
    private final Availability availability;

    /** Guarded by this, as the two below. */
    private final List<WorkCounters> works = new ArrayList<>();

    private WorkStats ended = WorkStats.NONE;
    private boolean isObserved;

    QueueMonitor(String queue, Availability availability, Executor callbacks) {
        this.events = new QueueEvents(queue, callbacks);
        this.availability = availability;
    }

    QueueEvents events() {
        return events;
    }

    /** {@return whether it is the first that observes the queue} */
    synchronized boolean add(QueueObserver observer) {
        events.add(observer);
        boolean isFirst = !isObserved;
        if (isFirst) {
            availability.listen(events);
        }
        isObserved = true;
        return isFirst;
    }

    synchronized void begun(WorkCounters work) {
        works.add(work);
    }

    /** Keeps what the work has done, and forgets the work. */
    synchronized void ended(WorkCounters work) {
        works.remove(work);
        ended = ended.plus(work.stats());
    }

    synchronized WorkStats stats() {
        return works.stream().map(WorkCounters::stats).reduce(ended, WorkStats::plus);
    }

    private synchronized boolean hasLostLeaseLately() {
        return works.stream().anyMatch(each -> each.hasLostLeaseFor(LATELY_NS));
    }

    StoreStatus store() {
        return availability.status();
    }

    /** Of a queue whose store answers. */
    PoolHealth health(QueueStats stats, Optional<Duration> longestWait) {
        List<String> reasons = new ArrayList<>();
        if (stats.paused()) {
            reasons.add("the queue is paused");
        }
        longestWait
                .filter(longest -> stats.oldestWaiting().compareTo(longest) > 0)
                .ifPresent(longest -> reasons.add(
                        "a job has been due for " + seconds(stats.oldestWaiting()) + ", longer than " + longest));
        availability.warning().ifPresent(reasons::add);
        if (hasLostLeaseLately()) {
            reasons.add("a lease was lost within the last minute");
        }
        return new PoolHealth(reasons.isEmpty() ? Status.UP : Status.DEGRADED, reasons);
    }

    /** Of a queue whose store does not answer. */
    PoolHealth away(Throwable failure) {
        Duration away = store().awayFor();
        return new PoolHealth(
                Status.DEGRADED,
                List.of("the store does not answer" + (away.isZero() ? "" : ", for " + seconds(away)) + ": "
                        + failure));
    }

    private static Duration seconds(Duration time) {
        return Duration.ofSeconds(Math.max(1, time.toSeconds()));
    }
}
