package dev.workpool.cli.job;

import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/** Knows how the jobs of a run have ended, and whether that is reason to end it early. Thread-safe. */
public final class Halting {
    private final Halt halt;
    private final RetryPolicy retry;
    private final Tally ended = new Tally();
    private LongSupplier total;
    private volatile boolean reached;

    /**
     * Nothing has ended yet.
     *
     * @param total how many jobs there will be; −1 as long as nobody knows
     */
    public Halting(Halt halt, RetryPolicy retry, LongSupplier total) {
        this.halt = halt;
        this.retry = retry;
        this.total = total;
    }

    public Halt halt() {
        return halt;
    }

    public boolean isReached() {
        return reached;
    }

    /** A job has ended; counts the first time it is told of a job. What was cancelled has not come to an end of its own. */
    public void ended(Job job, Ending.Kind kind) {
        if (kind != Ending.Kind.CANCELLED && job.countOnce()) {
            synchronized (this) {
                ended.add(kind);
                look();
            }
        }
    }

    /** All inputs have been read, so that it is known what a percentage is of. */
    public synchronized void totalIs(long jobs) {
        total = () -> jobs;
        look();
    }

    /** Whether a job would have been tried again, had the run not been halted: then it has not come to its end. */
    public boolean isCutShort(Outcome<?> outcome) {
        return reached && retry.retries(outcome);
    }

    private void look() {
        reached = reached || halt.isReached(ended, total.getAsLong());
    }

    /**
     * A handler that counts an end before its worker can begin the next job, and begins none once the condition is reached: a
     * command that was not to run must not have begun, be it killed a moment later.
     */
    public JobHandler<Job, Result> guard(JobHandler<Job, Result> handler) {
        return halt.when() == Halt.When.NEVER
                ? handler
                : (job, context) -> {
                    if (reached) {
                        throw new CancellationException("the run was halted");
                    }
                    Result result;
                    try {
                        result = handler.handle(job, context);
                    } catch (Throwable e) {
                        // The pool alone knows what is to be made of a handler that it has stopped.
                        if (!context.isCancelled() && !retry.retries(new Outcome.Failed<>(e, context.attempt()))) {
                            ended(job, Ending.Kind.FAILED);
                        }
                        throw e;
                    }
                    if (!context.isCancelled()) {
                        ended(job, Ending.Kind.SUCCEEDED);
                    }
                    return result;
                };
    }
}
