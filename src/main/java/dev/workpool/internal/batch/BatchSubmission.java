package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.CallerRuns;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * A submitted batch of jobs, with the receiver of its result.
 *
 * <p>Made on the submitter's thread; {@link #progress} may be read by any thread.
 */
public final class BatchSubmission<J, R> implements Request<J, R>, Submission {
    private final Label label;
    private PagedList<J> jobs;
    private final int size;

    /**
     * Whether there is a place in the queue for its jobs. Written by the submitter, then of the dispatcher's thread.
     */
    public boolean admitted;

    /** How the last jobs ended, the last first, if their submitter ran them since there was no place. */
    private final List<Outcomes<R>> ran = new ArrayList<>(0);

    private final BatchOptions options;
    private final BatchReceiver<R> receiver;

    /** Its id in the pool. Confined to the dispatcher's thread. */
    public long number;

    /** Written by the thread that owns the batch's ledger, or by whoever refuses it. */
    private volatile BatchProgress progress;

    /** Written before whoever reads it is asked to look. */
    private volatile Consumer<Outcome.Succeeded<R>> onFirstSuccess;

    /** Whether none of the open jobs is accepted. Set once, by whoever refuses the batch. */
    private volatile boolean rejected;

    /**
     * A batch.
     *
     * @param jobs none null; taken over
     * @param options how to run them
     * @param receiver is told how they end
     */
    public BatchSubmission(PagedList<J> jobs, BatchOptions options, BatchReceiver<R> receiver) {
        this(Label.ofBatch(options.name()), jobs, options, receiver);
    }

    /**
     * A batch.
     *
     * @param label its id and name
     * @param jobs none null; taken over
     * @param options how to run them
     * @param receiver is told how they end
     */
    public BatchSubmission(Label label, PagedList<J> jobs, BatchOptions options, BatchReceiver<R> receiver) {
        this.label = label;
        this.jobs = jobs;
        this.size = jobs.size();
        this.options = options;
        this.receiver = receiver;
        this.progress = new BatchProgress(size, 0, 0, 0, 0, 0);
    }

    /** Who is told how the jobs end. */
    BatchReceiver<R> receiver() {
        return receiver;
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
    public BatchOptions options() {
        return options;
    }

    @Override
    public Label label() {
        return label;
    }

    /** Mostly to make its collector. */
    @Override
    public int steps() {
        return 96;
    }

    @Override
    public long number() {
        return number;
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
    public int open() {
        return size - ran.size();
    }

    /** Runs the last of the open jobs. For the submitter. */
    public void runLast(CallerRuns<J, R> callerRuns) {
        int last = open() - 1;
        ran.add(callerRuns.run(jobs.get(last), options, label, last));
    }

    /** How the jobs from {@link #open} on ended. */
    public Outcomes<R> ran() {
        List<Outcomes<R>> inOrder = new ArrayList<>(ran);
        Collections.reverse(inOrder);
        return Outcomes.ofEach(inOrder);
    }

    /** The jobs, which are not held on to from now on. */
    PagedList<J> takeJobs() {
        PagedList<J> taken = jobs;
        jobs = null;
        return taken;
    }

    void publish(BatchProgress progress) {
        this.progress = progress;
    }

    /** An empty batch is complete as it comes, whatever state the pool is in. */
    public void completeEmpty() {
        receiver.complete(() -> BatchResult.of(List.of()));
    }

    /**
     * Has somebody told the first success, if there is one and the batch is not complete before. Whoever asks offers an
     * {@link Submission.AwaitSuccess} afterwards.
     *
     * @param receiver called once at most, on an actor's thread
     */
    public void onFirstSuccess(Consumer<Outcome.Succeeded<R>> receiver) {
        onFirstSuccess = receiver;
    }

    void firstSuccess(Outcome.Succeeded<R> success) {
        onFirstSuccess.accept(success);
    }

    /** {@return whether the pool has not accepted the batch, as is known by now} */
    public boolean isRejected() {
        return rejected;
    }

    @Override
    public void refusing() {
        BatchProgress ended = BatchResult.of(ran()).counts();
        progress = new BatchProgress(
                size,
                ended.succeeded(),
                ended.failed(),
                ended.timedOut(),
                ended.cancelled(),
                ended.rejected() + open());
        rejected = true;
    }

    @Override
    public void refuse(Closed closed) {
        refusing();
        jobs = null;
        List<Outcome<R>> outcomes = Collections.nCopies(open(), new Outcome.Rejected<R>(closed.reason()));
        if (!ran.isEmpty()) {
            outcomes = new ArrayList<>(outcomes);
            outcomes.addAll(ran());
        }
        BatchResult<R> result = BatchResult.ofCounted(outcomes, progress);
        receiver.deliver(0, size, result.outcomes()::get);
        receiver.complete(() -> result);
    }
}
