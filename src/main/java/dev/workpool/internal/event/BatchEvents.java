package dev.workpool.internal.event;

import dev.workpool.internal.flight.FlightLog;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolProblem.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Tells whoever watches what happens to one batch or stream, or to the jobs that were submitted by themselves.
 * Thread-safe, but for the two ends, which the dispatcher tells.
 */
public final class BatchEvents {
    private static final long NO_INDEX = -1;

    private final PoolEvents pool;

    /** Null for jobs that were submitted by themselves. */
    private final Label label;

    private final Optional<BatchInfo> info;

    /** The batch's own, besides the pool's. */
    private final List<ObserverQueue> own;

    private final long acceptedNs;

    /** What the flight recorder shows of it; null if that was off when the batch was accepted. */
    private FlightLog.OpenBatch recorded;

    BatchEvents(PoolEvents pool, Label label, Optional<BatchInfo> info, List<ObserverQueue> own) {
        this.pool = pool;
        this.label = label;
        this.info = info;
        this.own = own;
        this.acceptedNs = pool.nowNs();
    }

    private void tell(Consumer<PoolObserver> event) {
        pool.observers().forEach(observer -> observer.tell(event));
        own.forEach(observer -> observer.tell(event));
    }

    /**
     * It was accepted.
     *
     * @param jobs how many it has; empty for a stream, which does not know
     */
    public void accepted(OptionalLong jobs) {
        recorded = FlightLog.beginBatch();
        BatchInfo batch = info.orElseThrow();
        tell(observer -> observer.onBatchAccepted(batch, jobs));
        pool.accepted(this);
    }

    /** Every job has its outcome. */
    public void ended(BatchProgress counts) {
        if (recorded != null) {
            recorded.end(info.orElseThrow(), counts);
        }
        pool.forget(label);
        BatchInfo batch = info.orElseThrow();
        Duration took = Duration.ofNanos(Math.max(0, pool.nowNs() - acceptedNs));
        tell(observer -> observer.onBatchEnded(batch, counts, took));
    }

    /** Whether it is worth finding out which jobs fail. */
    public boolean areProblemsWatched() {
        return !own.isEmpty() || pool.areProblemsWatched();
    }

    /**
     * Jobs have their outcome, whatever it is.
     *
     * @param index the first
     * @param jobs how many neighbours
     * @param outcome theirs
     */
    public void jobsEnded(long index, long jobs, Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failed<?> failed) {
            Throwable error = failed.error();
            problem(Kind.FAILED, index, jobs, outcome.attempts(), error, "the handler threw", Duration.ZERO);
        } else if (outcome instanceof Outcome.TimedOut<?> timedOut) {
            Duration timeout = timedOut.timeout();
            problem(Kind.TIMED_OUT, index, jobs, outcome.attempts(), null, "its time was over", timeout);
        } else if (outcome instanceof Outcome.Rejected<?> rejected) {
            problem(Kind.REJECTED, index, jobs, 0, null, rejected.reason(), Duration.ZERO);
        }
    }

    /**
     * An attempt has failed, and another follows.
     *
     * @param index the job
     * @param attempt which failed
     * @param error what the handler threw; null for a time-out
     * @param delayNs when the other follows
     */
    public void retried(long index, int attempt, Throwable error, long delayNs) {
        if (areProblemsWatched()) {
            String reason = error == null ? "the attempt's time was over" : "the handler threw";
            problem(Kind.RETRIED, index, 1, attempt, error, reason, Duration.ofNanos(delayNs));
        }
    }

    void runsOn(Kind kind, long index, int attempt, long ranNs) {
        if (areProblemsWatched()) {
            String reason = kind == Kind.OVERDUE
                    ? "it runs for longer than warn-after"
                    : "its handler was told to stop, and did not";
            problem(kind, index, 1, attempt, null, reason, Duration.ofNanos(ranNs));
        }
    }

    void rejected(long jobs, String reason) {
        if (areProblemsWatched()) {
            problem(Kind.REJECTED, NO_INDEX, jobs, 0, null, reason, Duration.ZERO);
        }
    }

    /** It has waited for a node for a while; told those who do not hear of it by the pool. */
    void noNode(String reason, long sinceNs) {
        (label == null ? pool.observers() : own).forEach(observer -> tellNoNode(observer, reason, sinceNs));
    }

    /** It is accepted and has to wait for a node. */
    void waitsForANode(String reason, long sinceNs) {
        pool.observers().forEach(observer -> tellNoNode(observer, reason, sinceNs));
        own.forEach(observer -> tellNoNode(observer, reason, sinceNs));
    }

    private void tellNoNode(ObserverQueue observer, String reason, long sinceNs) {
        Duration time = Duration.ofNanos(pool.nowNs() - sinceNs);
        tellProblem(observer, Kind.NO_NODE, NO_INDEX, 0, 0, null, reason, time);
    }

    private void problem(Kind kind, long ofJob, long jobs, int attempt, Throwable error, String reason, Duration time) {
        long index = label == null ? NO_INDEX : ofJob;
        FlightLog.problem(kind, pool.pool(), info, index, jobs, attempt, error, time);
        for (ObserverQueue observer : pool.observers()) {
            tellProblem(observer, kind, index, jobs, attempt, error, reason, time);
        }
        for (ObserverQueue observer : own) {
            tellProblem(observer, kind, index, jobs, attempt, error, reason, time);
        }
    }

    private void tellProblem(
            ObserverQueue observer,
            Kind kind,
            long index,
            long jobs,
            int attempt,
            Throwable error,
            String reason,
            Duration time) {
        observer.tellProblem(omitted -> new PoolProblem(
                kind, pool.pool(), info, index, jobs, attempt, Optional.ofNullable(error), reason, time, omitted));
    }
}
