package dev.workpool.internal.worker;

import dev.workpool.internal.slice.TimeLimits;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.job.Cancellable;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The context of one attempt at a job.
 *
 * <p>The handler's threads use it, and so does whoever tells it to stop; hence the lock. No user code runs under the
 * lock.
 */
final class AttemptContext<J, R> implements JobContext {
    final Chunk<J, R> chunk;
    final int position;
    private final WorkerContext workerContext;

    /** Not this object, which users hold and may lock: whoever tells it to stop must wait for none of them. */
    private final Object lock = new Object();

    /** When the attempt began, if its time is limited. */
    private final long begunNs;

    /** Null until it is asked for. */
    private Optional<Instant> deadline;

    private volatile boolean cancelled;
    private boolean ended;
    private List<CancelAction> actions = List.of();

    /** What the handler has reported last; null if nothing. */
    private volatile JobProgress progress;

    AttemptContext(Chunk<J, R> chunk, int position, WorkerContext workerContext) {
        this.chunk = chunk;
        this.position = position;
        this.workerContext = workerContext;
        this.begunNs = chunk.limits() == null ? 0 : chunk.begunNs();
    }

    boolean is(Chunk<J, R> chunk, int position) {
        return this.chunk == chunk && this.position == position;
    }

    @Override
    public int attempt() {
        return chunk.attempt();
    }

    @Override
    public Optional<Instant> deadline() {
        TimeLimits limits = chunk.limits();
        if (limits == null) {
            return Optional.empty();
        }
        synchronized (lock) { // the same for all who ask
            if (deadline == null) {
                deadline = Optional.of(limits.deadline(begunNs));
            }
            return deadline;
        }
    }

    @Override
    public int workerIndex() {
        return workerContext.workerIndex();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(CancelAction action) {
        Objects.requireNonNull(action, "action");
        synchronized (lock) {
            if (!cancelled) {
                if (!ended) {
                    actions = actions.isEmpty() ? new ArrayList<>(1) : actions;
                    actions.add(action);
                }
                return;
            }
        }
        runSafely(action); // a handler must not fare differently for being told a moment earlier
    }

    /** An action like others that, unlike them, is not dropped when the attempt ends. */
    private record CancelChild(Cancellable work) implements CancelAction {
        @Override
        public void run() {
            work.cancel();
        }
    }

    @Override
    public <C extends Cancellable> C child(C work) {
        CancelChild action = new CancelChild(Objects.requireNonNull(work, "work"));
        onCancel(action);
        if (hasEnded()) { // and so has dropped it
            runSafely(action);
        }
        return work;
    }

    private boolean hasEnded() {
        synchronized (lock) {
            return ended;
        }
    }

    @Override
    public void slowDown(Duration retryAfter) {
        Objects.requireNonNull(retryAfter, "retryAfter");
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter = " + retryAfter + "; allowed: 0 or more");
        }
        workerContext.slowDowns().accept(retryAfter);
    }

    @Override
    public void progress(long done, long total, String note) {
        JobProgress report = new JobProgress(done, total, note);
        synchronized (lock) {
            if (!cancelled && !ended) {
                progress = report;
            }
        }
    }

    /** {@return what the handler has reported last, or null} */
    JobProgress progress() {
        return progress;
    }

    /**
     * Idempotent; does nothing once the job has ended.
     *
     * @param notice hears of the actions that wait for a thread; null before the handler is called, when there are none
     */
    void cancel(Notice<J, R> notice) {
        List<CancelAction> due;
        synchronized (lock) {
            if (cancelled || ended) {
                return;
            }
            cancelled = true;
            due = actions;
            actions = List.of();
        }
        if (!due.isEmpty()) {
            notice.leave();
            workerContext.callbacks().execute(() -> runAll(due, notice));
        }
    }

    void end() {
        List<CancelAction> dropped;
        synchronized (lock) {
            ended = true;
            dropped = actions;
            actions = List.of();
        }
        if (!dropped.isEmpty()) {
            cancelChildren(dropped);
        }
    }

    /** On the callback executor: it may be anybody's code, which is not to fail the job, nor to keep its worker. */
    private void cancelChildren(List<CancelAction> dropped) {
        for (CancelAction action : dropped) {
            if (action instanceof CancelChild) {
                try {
                    workerContext.callbacks().execute(() -> runSafely(action));
                } catch (Throwable t) { // there is no thread for it, or no memory
                    runSafely(action);
                }
            }
        }
    }

    private void runAll(List<CancelAction> actions, Notice<?, ?> notice) {
        boolean own = Interrupts.own();
        int left = actions.size();
        for (CancelAction action : actions) {
            if (--left == 0) {
                notice.begins(); // with the last
            }
            runSafely(action);
            Interrupts.clearUnless(own);
        }
    }

    private void runSafely(CancelAction action) {
        try {
            action.run();
        } catch (Throwable t) {
            try {
                workerContext.cancelFailures().add(t, chunk.label());
            } catch (OutOfMemoryError | StackOverflowError e) {
                return; // the actions after it are worth more than a line in the log
            }
        }
    }
}
