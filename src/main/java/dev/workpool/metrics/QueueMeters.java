package dev.workpool.metrics;

import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.WorkStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/** Says which meters a durable queue has. */
final class QueueMeters {
    private static final String JOBS = "jobs";
    private static final String LEASES = "leases";
    private static final double NANOS = 1e9;

    private final Meters<QueueMeters.Seen> meters;
    private final Tags tags;

    /** The queue, and what its store has said last. */
    record Seen(DurableQueueMetrics.Source queue, RecentStats stats) {}

    private QueueMeters(Meters<Seen> meters, Tags tags) {
        this.meters = meters;
        this.tags = tags;
    }

    static Meters<Seen> register(MeterRegistry registry, Tags tags, DurableQueueMetrics.Source queue) {
        Seen seen = new Seen(queue, new RecentStats(queue.stats(), System::nanoTime));
        return Meters.register(registry, seen, meters -> {
            QueueMeters ofQueue = new QueueMeters(meters, tags);
            ofQueue.ofContents();
            ofQueue.ofWork();
            ofQueue.ofStore();
        });
    }

    private void ofContents() {
        depth("waiting", QueueStats::waiting);
        depth("scheduled", QueueStats::scheduled);
        depth("claimed", QueueStats::claimed);
        contents(
                "workpool.queue.oldest",
                "seconds",
                "For how long the oldest waiting job has been due",
                tags,
                stats -> stats.oldestWaiting().toNanos() / NANOS);
        contents("workpool.queue.dead", JOBS, "Dead letters", tags, QueueStats::dead);
        contents("workpool.queue.paused", null, "1 if the queue is paused", tags, stats -> stats.paused() ? 1 : 0);
    }

    private void ofWork() {
        outcome("succeeded", WorkStats::succeeded);
        outcome("failed", WorkStats::failed);
        outcome("timed_out", WorkStats::timedOut);
        outcome("cancelled", WorkStats::cancelled);
        work("workpool.queue.claims", JOBS, "Jobs that were leased to this process", tags, WorkStats::claimed);
        work(
                "workpool.queue.retries",
                JOBS,
                "Jobs that wait in the store for another attempt",
                tags,
                WorkStats::retried);
        work("workpool.queue.releases", JOBS, "Jobs that were given back", tags, WorkStats::released);
        work("workpool.queue.deaths", JOBS, "Jobs that became dead letters", tags, WorkStats::dead);
        work("workpool.queue.leases.lost", LEASES, "Leases that went to others", tags, WorkStats::lostLeases);
        work("workpool.queue.leases.reaped", LEASES, "Leases of others taken over", tags, WorkStats::reapedLeases);
        work("workpool.queue.refusals", JOBS, "Outcomes that were refused", tags, WorkStats::fenced);
    }

    private void ofStore() {
        meters.gauge(
                "workpool.queue.store.available",
                null,
                "1 if the store answers",
                tags,
                seen -> seen.queue().store().get().isAvailable() ? 1 : 0);
        meters.counter(
                "workpool.queue.store.outages",
                null,
                "How often the store went away",
                tags,
                seen -> seen.queue().store().get().outages());
    }

    private void depth(String state, ToDoubleFunction<QueueStats> number) {
        contents("workpool.queue.depth", JOBS, "Jobs that have no outcome yet", tags.and("state", state), number);
    }

    private void outcome(String outcome, ToDoubleFunction<WorkStats> number) {
        work("workpool.queue.jobs", JOBS, "Jobs by their outcome", tags.and("outcome", outcome), number);
    }

    private void contents(
            String name, String unit, String description, Tags tags, ToDoubleFunction<QueueStats> number) {
        meters.gauge(
                name,
                unit,
                description,
                tags,
                seen -> seen.stats()
                        .get()
                        .map(stats -> number.applyAsDouble(stats))
                        .orElse(Double.NaN));
    }

    private void work(String name, String unit, String description, Tags tags, ToDoubleFunction<WorkStats> number) {
        meters.counter(
                name,
                unit,
                description,
                tags,
                seen -> number.applyAsDouble(seen.queue().work().get()));
    }
}
