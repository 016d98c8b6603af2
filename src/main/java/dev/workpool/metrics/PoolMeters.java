package dev.workpool.metrics;

import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.TimeDistribution;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Says which meters a pool has. */
final class PoolMeters {
    private static final String THREADS = "threads";
    private static final String TASKS = "tasks";
    private static final double NANOS = 1e9;

    /** 1 is the longest. */
    private static final double[] PHIS = {0.5, 0.95, 0.99, 1};

    private final Meters<SharedSnapshot<PoolSnapshot>> meters;
    private final Tags tags;

    private PoolMeters(Meters<SharedSnapshot<PoolSnapshot>> meters, Tags tags) {
        this.meters = meters;
        this.tags = tags;
    }

    static Meters<SharedSnapshot<PoolSnapshot>> register(
            MeterRegistry registry, Tags tags, SharedSnapshot<PoolSnapshot> pool) {
        return Meters.register(registry, pool, meters -> {
            PoolMeters ofPool = new PoolMeters(meters, tags);
            ofPool.likeAnExecutor();
            ofPool.ofJobs();
            ofPool.ofWorkers();
            ofPool.ofTimes();
        });
    }

    /** With the names and units of Micrometer's {@code ExecutorServiceMetrics}. */
    private void likeAnExecutor() {
        gauge("executor.active", THREADS, "Workers that are running a job", PoolSnapshot::running);
        gauge("executor.pool.size", THREADS, "Workers that there are", PoolSnapshot::workers);
        gauge("executor.pool.core", THREADS, "The fewest workers", PoolSnapshot::fewestWorkers);
        gauge("executor.pool.max", THREADS, "The most workers", PoolSnapshot::mostWorkers);
        gauge(
                "executor.queued",
                TASKS,
                "Jobs that were accepted and do not run",
                snapshot -> snapshot.queued() + snapshot.waiting());
        gauge(
                "executor.queue.remaining",
                TASKS,
                "How many more jobs the queue has room for",
                snapshot -> Math.min(Integer.MAX_VALUE, snapshot.queueRemaining())); // as ThreadPoolExecutor's
        counter("executor.completed", TASKS, "Jobs that have their outcome", tags, PoolSnapshot::done);
    }

    private void ofJobs() {
        outcome("succeeded", PoolSnapshot::succeeded);
        outcome("failed", PoolSnapshot::failed);
        outcome("timed_out", PoolSnapshot::timedOut);
        outcome("cancelled", PoolSnapshot::cancelled);
        outcome("rejected", PoolSnapshot::rejected);
        counter("workpool.retries", "retries", "Attempts after a job's first", tags, PoolSnapshot::retries);
        gauge("workpool.waiting", "jobs", "Jobs that wait for a retry or a delay", PoolSnapshot::waiting);
        time("workpool.job.oldest", "How long the oldest running job has run", PoolSnapshot::oldestRunning);
    }

    private void ofWorkers() {
        counter(
                "workpool.busy",
                "seconds",
                "The total time for which workers were at work",
                tags,
                snapshot -> snapshot.busy().toNanos() / NANOS);
        counter(
                "workpool.workers.replaced",
                null,
                "Workers that were replaced, their handler abandoned or their actor stopped",
                tags,
                PoolSnapshot::replacedWorkers);
        gauge(
                "workpool.abandoned",
                "handlers",
                "Handlers that still run although their job was settled",
                PoolSnapshot::abandoned);
        gauge("workpool.paused", null, "1 if the pool is paused", snapshot -> snapshot.paused() ? 1 : 0);
        time("workpool.slowdown", "For how long no job begins, as one has asked", PoolSnapshot::slowedDownFor);
    }

    /** Micrometer calls the time before a task begins idle. */
    private void ofTimes() {
        timer("executor", "How long jobs ran", PoolSnapshot::jobTime);
        timer("executor.idle", "How long jobs waited in the queue", PoolSnapshot::queueWait);
        timer("workpool.job.duration", "How long jobs ran", PoolSnapshot::jobTime);
        percentiles("workpool.job.duration", "How long jobs ran of late", PoolSnapshot::jobTime);
        timer("workpool.job.wait", "How long jobs waited in the queue", PoolSnapshot::queueWait);
        percentiles("workpool.job.wait", "How long jobs waited in the queue of late", PoolSnapshot::queueWait);
    }

    private void outcome(String outcome, ToDoubleFunction<PoolSnapshot> number) {
        counter("workpool.jobs", "jobs", "Jobs by their outcome", tags.and("outcome", outcome), number);
    }

    private void gauge(String name, String unit, String description, ToDoubleFunction<PoolSnapshot> number) {
        meters.gauge(name, unit, description, tags, source -> number.applyAsDouble(source.get()));
    }

    private void counter(
            String name, String unit, String description, Tags tags, ToDoubleFunction<PoolSnapshot> number) {
        meters.counter(name, unit, description, tags, source -> number.applyAsDouble(source.get()));
    }

    private void timer(String name, String description, Function<PoolSnapshot, TimeDistribution> times) {
        meters.replace(name, tags);
        meters.add(FunctionTimer.builder(
                        name,
                        meters.source(),
                        source -> times.apply(source.get()).count(),
                        source -> times.apply(source.get()).total().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(meters.registry()));
    }

    /** As Micrometer publishes the percentiles of a timer. */
    private void percentiles(String of, String description, Function<PoolSnapshot, TimeDistribution> times) {
        String name = of + ".percentile";
        RecentTimes recent = new RecentTimes(() -> times.apply(meters.source().get()), System::nanoTime);
        for (double phi : PHIS) {
            Tags tags = this.tags.and("phi", phi == 1 ? "1" : Double.toString(phi));
            meters.replace(name, tags);
            meters.add(
                    TimeGauge.builder(name, meters.source(), TimeUnit.NANOSECONDS, source -> percentileNs(recent, phi))
                            .description(description)
                            .tags(tags)
                            .register(meters.registry()));
        }
    }

    /** No number if there was nothing, as 0 would be a good one. */
    private static double percentileNs(RecentTimes recent, double phi) {
        TimeDistribution times = recent.get();
        return times.count() == 0 ? Double.NaN : times.percentile(phi).toNanos();
    }

    private void time(String name, String description, Function<PoolSnapshot, Duration> time) {
        meters.replace(name, tags);
        meters.add(TimeGauge.builder(
                        name,
                        meters.source(),
                        TimeUnit.NANOSECONDS,
                        source -> time.apply(source.get()).toNanos())
                .description(description)
                .tags(tags)
                .register(meters.registry()));
    }
}
