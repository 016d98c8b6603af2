package dev.workpool.internal.batch;

import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.job.Outcome;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A job that was submitted by itself, with the receiver of its outcome.
 *
 * <p>Made on the submitter's thread, then of the dispatcher's; {@link #settle} is called once.
 */
public abstract class Single<J, R> implements Request<J, R> {
    /** Where a job is on its way. */
    public enum State {
        /** Nobody has counted it yet. */
        NEW,
        /** There is a place in the queue for it. */
        ADMITTED,
        /** Its submitter ran it, since there was no place. */
        RAN_BY_SUBMITTER,
        QUEUED,
        /** It has an index, and is with the router, or came back from there. */
        GRANTED,
        /** The same, and its cancellation is on the way to whoever holds it. */
        CANCEL_REQUESTED,
        /** It was cancelled or dropped before it was granted. */
        ENDED_UNGRANTED
    }

    private J job;

    /** Written by the submitter until it hands the job in, then of the dispatcher's thread. */
    public State state = State.NEW;

    /** Its index among all single jobs, once it is granted. Written by the dispatcher before it grants. */
    public long index;

    /**
     * Since when it has been queued; {@link PoolGauges#NOTHING} if nobody wants to know. Confined to the dispatcher's
     * thread.
     */
    long queuedNs = PoolGauges.NOTHING;

    /** How it ended, if its submitter ran it. */
    private Outcome<R> ran;

    /** How many batches had been accepted before it. Confined to the dispatcher's thread. */
    public long batchesBefore;

    /**
     * A job.
     *
     * @param job not null
     */
    protected Single(J job) {
        this.job = Objects.requireNonNull(job, "job");
    }

    /**
     * A request that is its own job.
     *
     * @param carrier packs it
     */
    @SuppressWarnings("unchecked") // for types that extend Single of themselves
    protected Single(JobCarrier<J> carrier) {
        this.job = carrier.pack((J) this);
    }

    /**
     * Tells whoever waits.
     *
     * @param outcome the job's one outcome
     */
    protected abstract void settle(Outcome<R> outcome);

    /**
     * Whether {@link #handOver} is worth a try: whether a thread waits for the job.
     *
     * @return false where in doubt
     */
    protected boolean isAwaited() {
        return false;
    }

    /**
     * Leaves it to a thread that waits for the job to tell whoever else does, instead of {@link #settle}.
     *
     * @param outcome the job's one outcome
     * @return false if no thread waits that could
     */
    protected boolean handOver(Outcome<R> outcome) {
        return false;
    }

    /**
     * Whether {@link #settle} runs nobody's code, as when it tells an actor. Then it is called at once, so that an
     * actor hears of its job before it hears that the pool has ended.
     *
     * @return false where in doubt
     */
    protected boolean isDirect() {
        return false;
    }

    /** Its submitter has run it. For the submitter. */
    public final void ran(Outcome<R> outcome) {
        ran = outcome;
        state = State.RAN_BY_SUBMITTER;
    }

    /** {@return how it ended, if its submitter ran it; else null} */
    public final Outcome<R> ran() {
        return ran;
    }

    public J job() {
        return job;
    }

    /** The job, which is not held on to from now on. */
    J takeJob() {
        J taken = job;
        job = null;
        return taken;
    }

    @Override
    public final int steps() {
        return 1;
    }

    @Override
    public void refuse(Closed closed) {
        takeJob();
        settle(ran == null ? new Outcome.Rejected<>(closed.reason()) : ran);
    }

    /**
     * Cancels a single job.
     *
     * @param single which
     */
    public record Cancel<J, R>(Single<J, R> single) implements Request<J, R> {
        @Override
        public int steps() {
            return 8;
        }

        @Override
        public void refuse(Closed closed) {
            // It has its outcome already: every job of a pool has when the pool is gone.
        }
    }

    /**
     * Asks which single jobs have no outcome yet. Each was accepted before this was offered, and all that were are
     * among them. No later request is looked at before all are shown, and no job is granted.
     *
     * @param visitor gets them in the order in which they were accepted, those that run or have just ended among them;
     *     none if the pool is gone. Called on an actor's thread, and returns at once.
     * @param onEnd run when all have been shown
     */
    public record Open<J, R>(Consumer<Single<J, R>> visitor, Runnable onEnd) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            onEnd.run();
        }
    }
}
