package dev.workpool.internal.stream;

import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.internal.worker.PoolGuard;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * A submitted stream of jobs, with the receiver of their outcomes.
 *
 * <p>Made by whoever takes the jobs from their source, and hands them in with {@link #offer}. How many may be there and
 * not delivered is for that side to bound. The methods that a subclass defines are called by the pool's own threads and
 * return at once: {@link #accepted} first and {@link #complete} last, {@link #deliver} in between, one call after
 * another.
 */
public abstract class StreamSubmission<J, R> implements Request<J, R>, Submission {
    /** At most so many jobs are granted at a time: enough that the message costs next to nothing per job. */
    private static final int SEGMENT = 1024;

    private static final BatchProgress NOTHING = new BatchProgress(0, 0, 0, 0, 0, 0);

    private final Label label;
    private final StreamOptions<J> options;
    private final JobCarrier.Packer<J> packer;
    private final RequestQueue<J, R> requestQueue;
    private final StreamBuffer streamBuffer;

    /** Whoever takes the jobs knows the keys. Null if there are none. */
    private final KeyQueues<J> keyQueues;

    private final GuardedFuture.Stage<BatchProgress> result;

    /** Written by the thread that has the stream's ledger. */
    private volatile BatchProgress progress = NOTHING;

    /** Its id in the pool. Confined to the dispatcher's thread. */
    public long number;

    /** Written by the dispatcher before it tells the collector that the input has ended. */
    private Throwable problem;

    /** Of whoever calls the observer, and completes this afterwards. */
    private Throwable observerProblem;

    /**
     * A stream that has not begun, with the calling thread's contexts.
     *
     * @param options how to run its jobs
     * @param pool the pool's name
     * @param requestQueue the pool's
     * @param guard the pool's
     * @param carrier the pool's
     */
    protected StreamSubmission(
            StreamOptions<J> options,
            String pool,
            RequestQueue<J, R> requestQueue,
            PoolGuard guard,
            JobCarrier<J> carrier) {
        this.label = Label.ofStream(options.batch().name());
        this.options = options;
        this.result = new GuardedFuture.Stage<>(guard);
        this.packer = carrier.packer(
                () -> new BatchInfo(pool, BatchInfo.Kind.STREAM, label.id(), label.name()), () -> result);
        this.requestQueue = requestQueue;
        this.keyQueues = options.keyOf().<KeyQueues<J>>map(KeyQueues::new).orElse(null);
        // A quarter of the window, so that what is delivered of it is let go of while the rest is worked on.
        this.streamBuffer = new StreamBuffer(
                Math.max(1, Math.min(SEGMENT, options.window() / 4)), () -> requestQueue.offer(new Arrived<>(this)));
    }

    /**
     * How the jobs ended.
     *
     * @return fails with what has cut the stream short
     */
    public final CompletionStage<BatchProgress> result() {
        return result;
    }

    /** Completes the result. For the receiver, once. */
    protected final void settle(BatchProgress counts, Optional<Throwable> problem) {
        result.settle(counts, problem);
    }

    /** The pool has it, and takes jobs. Not called if it is refused. */
    public abstract void accepted();

    /**
     * Outcomes that are final, in the order that the options ask for.
     *
     * @param jobs theirs; the array is the receiver's
     * @param outcomes as many
     */
    protected abstract void deliver(List<J> jobs, List<Outcome<R>> outcomes);

    /** No more jobs are taken: {@link #offer} is false from now on. May come more than once. */
    protected abstract void inputClosed();

    /**
     * Everything has been delivered.
     *
     * @param counts how the jobs ended
     * @param problem why not all of the input was taken, if neither its end nor anybody's wish is why
     */
    protected abstract void complete(BatchProgress counts, Optional<Throwable> problem);

    /**
     * Hands a job in. For one thread at a time.
     *
     * @param job not null
     * @return false if it was not taken, since the stream takes no more
     * @throws RuntimeException what the function for keys throws, or the key itself
     */
    public final boolean offer(J job) {
        J packed = packer.pack(job);
        return streamBuffer.offer(keyQueues == null ? packed : keyQueues.assign(job, packed));
    }

    /**
     * There are no more jobs. For the thread that offers them, after the last.
     *
     * @param problem why, if not because their source is at its end; else null
     */
    public final void end(Throwable problem) {
        StackGuard.check();
        streamBuffer.close();
        requestQueue.offer(new End<>(this, problem));
    }

    /** Cancels what has no outcome yet. For any thread. */
    public final void cancel() {
        requestQueue.offer(new Cancel<>(this, true));
    }

    /** Cancels one job and leaves the others alone. For any thread. */
    public final void cancel(long index) {
        requestQueue.offer(new CancelJob<>(this, index));
    }

    /** Cancels what has not begun. For any thread. */
    public final void cancelUnstarted() {
        requestQueue.offer(new Cancel<>(this, false));
    }

    /**
     * How far the stream is.
     *
     * @return a snapshot, with the jobs that have been taken so far as its total
     */
    public final BatchProgress progress() {
        BatchProgress now = progress;
        return new BatchProgress(
                streamBuffer.taken(), now.succeeded(), now.failed(), now.timedOut(), now.cancelled(), now.rejected());
    }

    /** What belonged to the thread that made this, for whatever is called for it. */
    protected final Contexts contexts() {
        return packer.contexts();
    }

    final StreamOptions<J> streamOptions() {
        return options;
    }

    @Override
    public final BatchOptions options() {
        return options.batch();
    }

    @Override
    public final Label label() {
        return label;
    }

    @Override
    public final long number() {
        return number;
    }

    final StreamBuffer streamBuffer() {
        return streamBuffer;
    }

    public final KeyQueues<J> keyQueues() {
        return keyQueues;
    }

    final void publish(BatchProgress progress) {
        this.progress = progress;
    }

    /** Takes no more jobs; gives how many it has taken. For the dispatcher, once. */
    final long close(Throwable problem) {
        this.problem = problem;
        long taken = streamBuffer.close();
        inputClosed();
        return taken;
    }

    final void complete(BatchProgress counts) {
        complete(counts, Optional.ofNullable(observerProblem).or(() -> Optional.ofNullable(problem)));
    }

    final void observerHasFailed(Throwable thrown) {
        observerProblem = thrown;
        cancel();
    }

    @Override
    public final void refuse(Closed closed) {
        streamBuffer.close();
        inputClosed();
        complete(NOTHING, Optional.of(new RejectedExecutionException(closed.reason())));
    }

    /**
     * There are jobs in the buffer.
     *
     * @param stream whose
     */
    public record Arrived<J, R>(StreamSubmission<J, R> stream) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // Its jobs have their outcomes already: every stream is complete when the pool is gone.
        }
    }

    /**
     * The input has ended.
     *
     * @param stream whose
     * @param problem why, or null
     */
    public record End<J, R>(StreamSubmission<J, R> stream, Throwable problem) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // The stream is complete.
        }
    }
}
