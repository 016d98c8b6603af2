package dev.workpool.internal.batch;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.SafeLog;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.ContextPropagator;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a batch's consumer. Its exceptions change nothing and are logged once, at the end. For the callback executor,
 * one thread at a time.
 */
public final class ConsumerCalls<J, R> {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerCalls.class);

    private final OutcomeConsumer<? super J, ? super R> consumer;

    /** A page of them is held until the last of its jobs has been delivered. */
    private final PagedList<J> jobs;

    /** How many jobs of each page have not been delivered. */
    private final int[] left;

    private final Contexts contexts;
    private final String pool;
    private final Label batch;

    private long failures;
    private Throwable firstFailure;

    /**
     * Calls that have not begun.
     *
     * @param consumer the user's
     * @param jobs of the batch; the list is the caller's, who may let go of its pages
     * @param contexts the submitter's
     * @param pool the pool's name
     * @param batch the batch's id and name
     */
    public ConsumerCalls(
            OutcomeConsumer<? super J, ? super R> consumer,
            PagedList<J> jobs,
            Contexts contexts,
            String pool,
            Label batch) {
        this.consumer = consumer;
        this.jobs = jobs.ofSamePages();
        this.left = new int[jobs.pages()];
        for (int start = 0; start < jobs.size(); start = jobs.pageEnd(start)) {
            left[PagedList.pageNumber(start)] = jobs.pageEnd(start) - start;
        }
        this.contexts = contexts;
        this.pool = pool;
        this.batch = batch;
    }

    /** Neighbouring jobs have their outcomes. */
    void accept(int begin, int end, IntFunction<Outcome<R>> outcomes) {
        boolean own = Interrupts.own();
        for (int index = begin; index < end; index++) {
            call(takeJob(index), outcomes.apply(index));
            Interrupts.clearUnless(own);
        }
    }

    private J takeJob(int index) {
        J job = JobCarrier.unpacked(jobs.get(index));
        if (--left[PagedList.pageNumber(index)] == 0) {
            jobs.setPage(index, null);
        }
        return job;
    }

    /**
     * A consumer that is promised a call for each job has it without contexts, too, if these cannot be put in place.
     */
    @SuppressWarnings("unchecked") // an outcome only ever gives its value away
    private void call(J job, Outcome<R> outcome) {
        Throwable problem = null;
        ContextPropagator.Scope scope = Contexts.NOTHING;
        try {
            scope = contexts.attach();
        } catch (Throwable t) {
            problem = t;
        }
        try {
            ((OutcomeConsumer<J, R>) consumer).accept(job, outcome);
        } catch (Throwable t) {
            problem = problem == null ? t : problem;
        } finally {
            scope.close();
        }
        if (problem != null) {
            failed(problem);
        }
    }

    private void failed(Throwable thrown) {
        if (failures++ == 0) {
            firstFailure = thrown;
        }
    }

    /** There are no more calls: a batch of a million jobs is one line in the log, too. */
    void end() {
        if (failures > 0) {
            boolean own = Interrupts.own();
            SafeLog.error(
                    LOG,
                    "Pool '" + pool + "': the consumer of outcomes of " + batch + " has thrown " + failures
                            + " times; this is the first",
                    firstFailure);
            Interrupts.clearUnless(own); // to be read for the log is users' code, too
            firstFailure = null;
        }
    }
}
