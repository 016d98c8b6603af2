package dev.workpool.stream;

import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes outcomes and the state of the stream from the pool to a stage.
 *
 * <p>Threads: the pool writes, the stage reads. The pool writes first and then wakes the stage, unless it has been
 * woken already. The stage announces that it looks ({@link #looking}) and then reads. So it sees what was written
 * before, or is woken once more.
 */
final class FlowSubmission<J, R> extends StreamSubmission<J, R> {
    private final Queue<List<Outcome<R>>> chunks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Executor callbacks;

    /** Set by the stage before it hands this in. */
    private Runnable waker;

    private volatile boolean accepted;
    private volatile boolean inputClosed;
    private volatile Optional<Throwable> end;

    FlowSubmission(RunningPool<J, R> pool, StreamOptions<J> options) {
        super(options, pool.settings().name(), pool.requestQueue(), pool.guard(), pool.carrier());
        this.callbacks = pool.callbacks();
    }

    void wakeBy(Runnable waker) {
        this.waker = waker;
    }

    /** The stage is about to look at all of the following. */
    void looking() {
        woken.set(false);
    }

    /** The next outcomes, none of them empty; null if there are none yet. */
    List<Outcome<R>> poll() {
        return chunks.poll();
    }

    /** Whether there are none. */
    boolean hasNone() {
        return chunks.isEmpty();
    }

    /** Whether the pool takes jobs. */
    boolean isAccepted() {
        return accepted;
    }

    /** Whether the pool takes no more. */
    boolean isInputClosed() {
        return inputClosed;
    }

    /** Whether there are no more to come than those that are here. To be asked before {@link #hasNone}. */
    boolean isComplete() {
        return end != null;
    }

    /** Why not all of the input was taken, once all is here. */
    Optional<Throwable> problem() {
        return end;
    }

    private void wake() {
        if (!woken.getAndSet(true)) {
            waker.run();
        }
    }

    @Override
    public void accepted() {
        accepted = true;
        wake();
    }

    @Override
    protected void deliver(List<J> jobs, List<Outcome<R>> outcomes) {
        chunks.add(outcomes);
        wake();
    }

    @Override
    protected void inputClosed() {
        inputClosed = true;
        wake();
    }

    @Override
    protected void complete(BatchProgress counts, Optional<Throwable> problem) {
        end = problem;
        wake();
        callbacks.execute(() -> settle(counts, problem));
    }
}
