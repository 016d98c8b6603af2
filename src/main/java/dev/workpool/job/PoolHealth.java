package dev.workpool.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Tells whether a pool, or a durable queue, can do its work, and if not, why. Immutable.
 *
 * <p>A health check of a framework wraps it in a line, for example Spring Boot's:
 *
 * <pre>{@code
 * () -> (pool.health().isDown() ? Health.down() : Health.up()).withDetail("pool", pool.health().toString()).build()
 * }</pre>
 *
 * @param status what the pool can do
 * @param reasons what keeps it from more, as sentences without a full stop; empty if it is up
 */
public record PoolHealth(Status status, List<String> reasons) {
    /** What a pool or a queue can do. */
    public enum Status {
        /** It takes jobs and runs them. */
        UP,
        /** It runs, but something needs attention. */
        DEGRADED,
        /** It takes no jobs, since it is ending or has ended, or has not begun. */
        DOWN
    }

    /**
     * Copies the reasons.
     *
     * @param status what the pool can do
     * @param reasons none null
     * @throws NullPointerException if an argument or a reason is null
     */
    public PoolHealth {
        Objects.requireNonNull(status, "status");
        reasons = List.copyOf(reasons);
    }

    /**
     * The health of a pool that runs.
     *
     * @param snapshot its statistics
     * @param longestJob for how long a job may run; more than 0
     * @return up; or degraded if the pool is paused or slowed down, its queue is full, it has fewer workers than it
     *     should, handlers were abandoned, or a job has run for longer
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public static PoolHealth of(PoolSnapshot snapshot, Duration longestJob) {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(longestJob, "longest job");
        if (longestJob.isNegative() || longestJob.isZero()) {
            throw new IllegalArgumentException("longest job = " + longestJob + "; allowed: more than 0");
        }
        List<String> reasons = new ArrayList<>();
        if (snapshot.paused()) {
            reasons.add("the pool is paused");
        }
        if (!snapshot.slowedDownFor().isZero()) {
            reasons.add("no job begins for " + text(snapshot.slowedDownFor()) + ", as a job has asked");
        }
        if (snapshot.queueRemaining() == 0) {
            reasons.add("the queue is full, jobs that wait: " + (snapshot.queued() + snapshot.waiting()));
        }
        if (snapshot.workers() < snapshot.fewestWorkers()) {
            reasons.add(
                    snapshot.workers() == 0
                            ? "there are no workers"
                            : "there are " + snapshot.workers() + " workers instead of " + snapshot.fewestWorkers());
        }
        if (snapshot.abandoned() > 0) {
            reasons.add("abandoned handlers still run: " + snapshot.abandoned());
        }
        if (snapshot.oldestRunning().compareTo(longestJob) > 0) {
            reasons.add("a job has run for " + text(snapshot.oldestRunning()) + ", longer than " + text(longestJob));
        }
        return new PoolHealth(reasons.isEmpty() ? Status.UP : Status.DEGRADED, reasons);
    }

    /**
     * The health of a pool that has one more thing wrong.
     *
     * @param reason what, as a sentence without a full stop
     * @return degraded, or down if it was; with one more reason
     */
    public PoolHealth andDegraded(String reason) {
        List<String> all = new ArrayList<>(reasons);
        all.add(Objects.requireNonNull(reason, "reason"));
        return new PoolHealth(status == Status.UP ? Status.DEGRADED : status, all);
    }

    /**
     * The health of a pool that takes no jobs.
     *
     * @param reason why
     * @return down
     */
    public static PoolHealth down(String reason) {
        return new PoolHealth(Status.DOWN, List.of(reason));
    }

    /** As in 1h2m3.5s. */
    private static String text(Duration time) {
        return Duration.ofMillis(time.toMillis())
                .toString()
                .substring("PT".length())
                .toLowerCase(Locale.ROOT);
    }

    /** {@return whether nothing is wrong} */
    public boolean isUp() {
        return status == Status.UP;
    }

    /** {@return whether the pool takes no jobs} */
    public boolean isDown() {
        return status == Status.DOWN;
    }

    /** {@return the status and the reasons, such as {@code DEGRADED: the pool is paused}} */
    @Override
    public String toString() {
        return reasons.isEmpty() ? status.name() : status + ": " + String.join("; ", reasons);
    }
}
