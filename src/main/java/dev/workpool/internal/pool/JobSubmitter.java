package dev.workpool.internal.pool;

import dev.workpool.internal.akka.ActorThread;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.CallerRuns;
import dev.workpool.internal.worker.PoolThread;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Submits jobs for threads that are not actors: jobs that there is room for go to the queue of requests, the settings
 * decide about the others. Thread-safe.
 */
public final class JobSubmitter<J, R> {
    /** What an actor may do instead. */
    private static final String WITHOUT_ACTORS = "set when-full = reject";

    private static final String WITH_ACTORS = "tell the pool's ref() a PoolCommand instead, or " + WITHOUT_ACTORS;

    private final String pool;
    private final WhenFull whenFull;
    private final QueueCapacity queueCapacity;
    private final RequestQueue<J, R> requestQueue;
    private final CallerRuns<J, R> callerRuns;
    private final Executor callbacks;
    private final TestHarness harness;
    private final PoolEvents events;

    /** Whether what is handed in takes room. */
    private final boolean counted;

    private volatile boolean closed;

    /** Whether whatever is handed in from now on comes behind the request to end the pool. */
    private volatile boolean ending;

    JobSubmitter(
            WorkerPoolSettings settings,
            QueueCapacity queueCapacity,
            RequestQueue<J, R> requestQueue,
            CallerRuns<J, R> callerRuns,
            Executor callbacks,
            TestHarness harness,
            PoolEvents events) {
        this.harness = harness;
        this.events = events;
        this.pool = settings.name();
        this.whenFull = settings.whenFull();
        this.queueCapacity = queueCapacity;
        this.counted = queueCapacity.isCounted();
        this.requestQueue = requestQueue;
        this.callerRuns = callerRuns;
        this.callbacks = callbacks;
    }

    /**
     * Hands a job in.
     *
     * @param single the job, which has its outcome in any case
     * @throws IllegalStateException if this thread would have to wait and must not
     * @throws StackOverflowError if the thread is near the end of its stack; then the job was not handed in
     */
    public void submit(Single<J, R> single) {
        if (submitIfRoom(single)) {
            return;
        }
        StackGuard.check();
        switch (whenFull) {
            case BLOCK -> {
                check(problemOfWaiting(WITH_ACTORS));
                if (!submitted(single, 1)) {
                    refuse(single, 1, interrupted());
                }
            }
            case CALLER_RUNS -> {
                check(problemOfActors("would run the job", WITH_ACTORS));
                single.ran(callerRuns.run(single.job()).get(0));
                requestQueue.offer(single);
            }
            default -> refuse(single, 1, queueCapacity.reason(pool, 1));
        }
    }

    /** Nobody overtakes submitters that already wait. */
    private boolean submitIfRoom(Single<J, R> single) {
        single.state = counted ? Single.State.ADMITTED : Single.State.NEW;
        return !(whenFull == WhenFull.BLOCK && queueCapacity.isAwaited()) && requestQueue.offer(single, 1);
    }

    private boolean submitIfRoom(BatchSubmission<J, R> batch) {
        batch.admitted = counted;
        return !(whenFull == WhenFull.BLOCK && queueCapacity.isAwaited()) && requestQueue.offer(batch, batch.open());
    }

    /**
     * Hands a job in, if it can be said at once that there is room for it, or that there is by now.
     *
     * @param single the job, which has its outcome in any case if it was handed in. If {@link #isClosed} is false
     *     afterwards, it was accepted; if not, it may have come too late, and then is refused.
     * @return false if its submitter is to run it instead
     * @throws RejectedExecutionException if the pool is closed or full, or this thread would have to wait and must not,
     *     or was interrupted
     */
    public boolean enter(Single<J, R> single) {
        if (isClosed()) {
            throw closedException();
        }
        if (submitIfRoom(single)) {
            return true;
        }
        StackGuard.check();
        String problem = switch (whenFull) {
            case BLOCK -> enterWaiting(single);
            case CALLER_RUNS -> problemOfActors("would run the job", WITHOUT_ACTORS);
            default -> queueCapacity.reason(pool, 1);
        };
        if (problem != null) {
            if (queueCapacity.reject(1)) {
                events.rejected(null, List.of(), 1, problem);
            }
            throw new RejectedExecutionException(problem);
        }
        return whenFull != WhenFull.CALLER_RUNS;
    }

    /** Waits until a job is handed in; otherwise says why it is not. */
    private String enterWaiting(Single<J, R> single) {
        String problem = problemOfWaiting(WITHOUT_ACTORS);
        return problem == null && !submitted(single, 1) ? interrupted() : problem;
    }

    /**
     * From now on {@link #enter} throws. Whoever ends the pool calls this before, so that what has entered by now is
     * accepted.
     */
    public void close() {
        closed = true;
    }

    /** The pool has been told to end: what is handed in from now on is refused. */
    public void ending() {
        ending = true;
    }

    /** {@return whether the pool takes no more jobs, or is about to be told so} */
    public boolean isClosed() {
        return closed || queueCapacity.isClosed();
    }

    /** {@return what is thrown where a pool is closed} */
    public RejectedExecutionException closedException() {
        return new RejectedExecutionException("pool '" + pool + "' is closed");
    }

    /**
     * Hands a batch in.
     *
     * @param batch the jobs, which have their outcomes in any case
     * @throws IllegalStateException if this thread would have to wait and must not
     * @throws StackOverflowError if the thread is near the end of its stack; then none was handed in
     */
    public void submit(BatchSubmission<J, R> batch) {
        StackGuard.check();
        if (ending || queueCapacity.isClosed()) {
            batch.refusing(); // which it will be by the dispatcher, or by whoever comes after that
        }
        if (submitIfRoom(batch)) {
            return;
        }
        if (whenFull == WhenFull.CALLER_RUNS) {
            check(problemOfActors("would run jobs", WITH_ACTORS));
            do {
                batch.runLast(callerRuns);
            } while (!submitIfRoom(batch));
        } else if (batch.size() > queueCapacity.capacity()) {
            refuse(batch, batch.size(), queueCapacity.tooLarge(pool, batch.size()));
        } else if (whenFull == WhenFull.BLOCK) {
            check(problemOfWaiting(WITH_ACTORS));
            if (!submitted(batch, batch.size())) {
                refuse(batch, batch.size(), interrupted());
            }
        } else {
            refuse(batch, batch.size(), queueCapacity.reason(pool, batch.size()));
        }
    }

    /** Waits until there is room; false if the thread was interrupted before. */
    private boolean submitted(Request<J, R> request, int jobs) {
        try {
            if (!harness.isOneThread() || !submittedOnOneThread(request, jobs)) {
                queueCapacity.await(jobs, () -> requestQueue.offer(request, jobs));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** False if another thread has the system go on. */
    private boolean submittedOnOneThread(Request<J, R> request, int jobs) {
        boolean[] isIn = {false};
        harness.goOnUntil(() -> isIn[0] || (isIn[0] = requestQueue.offer(request, jobs)));
        return isIn[0];
    }

    /** Why this thread must not wait for room; null if it may. */
    private String problemOfWaiting(String remedy) {
        return PoolThread.handlesFor(requestQueue)
                ? "a handler of pool '" + pool
                        + "' would wait for room in the queue of its own pool, and keep the worker that could make some;"
                        + " use another pool, or another value of when-full"
                : problemOfActors("would wait for room", remedy);
    }

    private String problemOfActors(String what, String remedy) {
        return ActorThread.isCurrent()
                ? "the queue of pool '" + pool + "' is full, and an actor's thread " + what
                        + ", since when-full = "
                        + whenFull.name().toLowerCase(Locale.ROOT).replace('_', '-')
                        + "; " + remedy
                : null;
    }

    private static void check(String problem) {
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
    }

    private String interrupted() {
        return "the thread that waited for room in the queue of pool '" + pool + "' was interrupted";
    }

    private void refuse(Single<J, R> single, long jobs, String reason) {
        if (queueCapacity.reject(jobs)) {
            events.rejected(null, List.of(), jobs, reason);
        }
        refuseRequest(single, reason);
    }

    private void refuse(BatchSubmission<J, R> batch, long jobs, String reason) {
        if (queueCapacity.reject(jobs)) {
            events.rejected(batch.label(), batch.options().observers(), jobs, reason);
        }
        refuseRequest(batch, reason);
    }

    private void refuseRequest(Request<J, R> request, String reason) {
        request.refusing();
        Request.Closed full = new Request.Closed(reason, null);
        callbacks.execute(() -> request.refuse(full));
    }
}
