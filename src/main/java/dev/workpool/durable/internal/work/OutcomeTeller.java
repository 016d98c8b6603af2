package dev.workpool.durable.internal.work;

import dev.workpool.durable.job.JobOutcomeListener;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener how jobs went, and whether that is their end. Calls users' code, on the pool's callback threads. Thread-safe.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public final class OutcomeTeller<J, R> {
    private static final Logger log = LoggerFactory.getLogger(OutcomeTeller.class);

    private final String queue;
    private final RetryPlan retries;
    private final JobOutcomeListener<? super J, R> listener;
    private final AtomicBoolean hasFailed = new AtomicBoolean();

    /** Tells one. */
    public OutcomeTeller(OpenQueue<J> queue, JobOutcomeListener<? super J, R> listener) {
        this.queue = queue.name();
        this.retries = new RetryPlan(queue.settings().retry(), queue.lanes().areUsed());
        this.listener = listener;
    }

    void tell(Piece<J> piece, BatchOptions options, J job, Outcome<R> outcome) {
        Held<?> held = piece.held();
        Outcome<R> counted = withAttemptsBefore(outcome, held.claimed.attempts());
        try {
            listener.onOutcome(job, counted, isLast(piece, options, counted));
        } catch (Throwable e) { // users' code; the job has its outcome all the same
            if (hasFailed.compareAndSet(false, true)) { // it may fail for each of a million
                log.warn(
                        "A listener of outcomes of queue {} has failed. Of further failures nothing is logged.",
                        queue,
                        e);
            }
        }
    }

    /** As {@link Settler} decides it a moment later. */
    private boolean isLast(Piece<J> piece, BatchOptions options, Outcome<?> outcome) {
        Held<?> held = piece.held();
        if (held.isCancelled || outcome instanceof Outcome.Succeeded) {
            return true;
        } else if (outcome instanceof Outcome.Rejected) {
            return false;
        } else if (outcome instanceof Outcome.Cancelled) {
            return !held.isForOthers()
                    && !piece.mayWaitAgain()
                    && !options.halt().equals(BatchOptions.defaults().halt());
        }
        return !retries.isTriedAgain(outcome);
    }

    private static <R> Outcome<R> withAttemptsBefore(Outcome<R> outcome, int before) {
        if (before == 0) {
            return outcome;
        } else if (outcome instanceof Outcome.Succeeded<R> succeeded) {
            return new Outcome.Succeeded<>(succeeded.value(), before + succeeded.attempts());
        } else if (outcome instanceof Outcome.Failed<R> failed) {
            return new Outcome.Failed<>(failed.error(), before + failed.attempts());
        } else if (outcome instanceof Outcome.TimedOut<R> late) {
            return new Outcome.TimedOut<>(late.timeout(), before + late.attempts());
        } else if (outcome instanceof Outcome.Cancelled<R> cancelled) {
            return new Outcome.Cancelled<>(before + cancelled.attempts());
        }
        return outcome;
    }
}
