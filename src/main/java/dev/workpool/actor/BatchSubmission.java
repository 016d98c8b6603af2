package dev.workpool.actor;

import dev.workpool.BatchOptions;
import dev.workpool.BatchProgress;
import dev.workpool.BatchResult;
import dev.workpool.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A batch of jobs, and who waits for its result.
 *
 * <p>Made on the submitter's thread; {@link #progress} may be read by any thread.
 */
public final class BatchSubmission<J, R> implements Request<J, R>, Submission {
    private Pages<J> jobs;
    private final int size;

    /** Whether there is a place in the queue for its jobs. Written by the submitter, then of the dispatcher's thread. */
    boolean admitted;

    /** How the last jobs ended, the last first, if their submitter ran them since there was no place. */
    private final List<Outcome<R>> ran = new ArrayList<>(0);

    private final BatchOptions<R> options;
    private final Executor callbacks;
    private final Consumer<BatchResult<R>> receiver;

    /** Written by the thread that owns the batch's ledger, or by whoever refuses it. */
    private volatile BatchProgress progress;

    /**
     * A batch.
     *
     * @param jobs none null; taken over
     * @param options how to run them
     * @param callbacks runs the receiver
     * @param receiver gets the result, once
     */
    public BatchSubmission(
            Pages<J> jobs, BatchOptions<R> options, Executor callbacks, Consumer<BatchResult<R>> receiver) {
        this.jobs = jobs;
        this.size = jobs.size();
        this.options = options;
        this.callbacks = callbacks;
        this.receiver = receiver;
        this.progress = new BatchProgress(size, 0, 0, 0, 0, 0);
    }

    /**
     * A batch whose result goes to an actor, which runs nobody's code: it is told at once, and so before it hears that the pool has
     * ended.
     *
     * @param jobs none null; taken over
     * @param options how to run them
     * @param receiver tells the actor the result
     */
    static <J, R> BatchSubmission<J, R> forActor(
            Pages<J> jobs, BatchOptions<R> options, Consumer<BatchResult<R>> receiver) {
        return new BatchSubmission<>(jobs, options, Runnable::run, receiver);
    }

    /** What completes the batch runs on: the callback executor, unless nobody's code is run. */
    Executor callbacks() {
        return callbacks;
    }

    /**
     * Number of jobs.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * How the batch is to be run.
     *
     * @return the options
     */
    @Override
    public BatchOptions<R> options() {
        return options;
    }

    /**
     * What has been acknowledged so far.
     *
     * @return a snapshot
     */
    public BatchProgress progress() {
        return progress;
    }

    /** Jobs that their submitter has not run: the first ones. */
    int open() {
        return size - ran.size();
    }

    /** Runs the last of the open jobs. For the submitter. */
    void runLast(CallerRuns<J, R> callerRuns) {
        ran.add(callerRuns.run(jobs.get(open() - 1)).get(0));
    }

    /** How the jobs from {@link #open} on ended. */
    List<Outcome<R>> ran() {
        List<Outcome<R>> inOrder = new ArrayList<>(ran);
        Collections.reverse(inOrder);
        return inOrder;
    }

    /** The jobs, which are not held on to from now on. */
    Pages<J> takeJobs() {
        Pages<J> taken = jobs;
        jobs = null;
        return taken;
    }

    void publish(BatchProgress progress) {
        this.progress = progress;
    }

    /** Called once. */
    void complete(List<Outcome<R>> outcomes, BatchProgress counts) {
        receiver.accept(BatchResult.ofCounted(outcomes, counts));
    }

    /** An empty batch is complete as it comes, whatever state the pool is in. */
    void completeEmpty() {
        callbacks.execute(() -> complete(List.of(), progress));
    }

    @Override
    public void refuse(Closed closed) {
        jobs = null;
        List<Outcome<R>> outcomes = Collections.nCopies(open(), new Outcome.Rejected<R>(closed.reason()));
        if (!ran.isEmpty()) {
            outcomes = new ArrayList<>(outcomes);
            outcomes.addAll(ran());
        }
        BatchResult<R> result = BatchResult.of(outcomes);
        progress = result.counts();
        callbacks.execute(() -> receiver.accept(result));
    }
}
