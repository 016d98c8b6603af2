package dev.workpool.stream;

import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.InHandler;
import akka.stream.stage.OutHandler;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import java.util.Optional;

/**
 * Takes jobs in while the window has room, and emits outcomes when they are asked for. Used only by the stream's actor;
 * others reach it through {@link FlowSubmission}.
 */
final class PoolLogic<J, R> extends GraphStageLogic implements InHandler, OutHandler {
    private final Inlet<J> in;
    private final Outlet<Outcome<R>> out;
    private final FlowSubmission<J, R> submission;
    private final RunningPool<J, R> pool;

    private final int window;

    /**
     * How many jobs may be here before a full window is filled up again: to pull one by one would wake the pool for
     * each.
     */
    private final int refillAt;

    /**
     * Then what is here may wait for a slow one of its key, while jobs of other keys are to come: it is filled up as
     * soon as all is out.
     */
    private final boolean keyed;

    /** Jobs that were taken, and whose outcomes are not out. */
    private int held;

    private boolean filling = true;

    /** Outcomes on their way out, from a position on. */
    private List<Outcome<R>> chunk = List.of();

    private int position;

    PoolLogic(
            FlowShape<J, Outcome<R>> shape,
            FlowSubmission<J, R> submission,
            RunningPool<J, R> pool,
            StreamOptions<J> options) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.submission = submission;
        this.pool = pool;
        this.window = options.window();
        this.keyed = options.keyOf().isPresent();
        // As many jobs as workers may be busy with, twice, stay in any case.
        this.refillAt = window - Math.max(1, (window - 2 * pool.settings().workers()) / 4);
        setHandlers(in, out, this);
    }

    @Override
    public void preStart() {
        AsyncCallback<Void> look = createAsyncCallback(nothing -> look());
        submission.wakeBy(() -> look.invoke(null));
        pool.requestQueue().offer(submission);
    }

    private void look() {
        submission.looking();
        if (submission.isInputClosed()) {
            cancel(in); // harmless if it is closed
        }
        emit();
        pullIfThereIsRoom();
    }

    @Override
    public void onPush() {
        J job = grab(in);
        try {
            if (!submission.offer(job)) {
                return; // closed at this moment, and look() is about to be told
            }
        } catch (RuntimeException e) { // of the function for keys, or a key
            failAtOnce(e);
            return;
        }
        held++;
        pullIfThereIsRoom();
    }

    private void pullIfThereIsRoom() {
        filling = held < window && (filling || held <= refillAt || (keyed && isAllOut()));
        if (filling && submission.isAccepted() && !hasBeenPulled(in) && !isClosed(in)) {
            pull(in);
        }
    }

    @Override
    public void onPull() {
        emit();
        pullIfThereIsRoom();
    }

    private void emit() {
        if (position == chunk.size()) {
            List<Outcome<R>> next = submission.poll();
            chunk = next == null ? List.of() : next;
            position = 0;
        }
        if (position < chunk.size() && isAvailable(out)) {
            held--;
            push(out, chunk.get(position++));
        }
        if (submission.isComplete() && isAllOut()) {
            end(submission.problem());
        }
    }

    /** Whether no outcome waits to be emitted. */
    private boolean isAllOut() {
        return position == chunk.size() && submission.hasNone();
    }

    private void end(Optional<Throwable> problem) {
        if (problem.isPresent()) {
            failStage(problem.get());
        } else {
            completeStage();
        }
    }

    @Override
    public void onUpstreamFinish() {
        submission.end(null);
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
        failAtOnce(failure);
    }

    private void failAtOnce(Throwable failure) {
        submission.end(failure);
        failStage(failure);
    }

    /** However it ends: nobody is going to see what is not out. */
    @Override
    public void postStop() {
        if (!submission.isComplete()) {
            submission.cancel();
        }
    }
}
