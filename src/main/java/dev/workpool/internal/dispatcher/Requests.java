package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.stream.StreamSubmission;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What a pool is asked for: each request is handled before the next is looked at, also one that takes several messages. Of the
 * dispatcher's thread.
 */
final class Requests<J, R> {
    private static final int STEPS_TO_CANCEL = 32;

    /** How far the pool is on its way to its end. */
    interface Ending<J, R> {
        /** Whether it takes jobs. */
        boolean isOpen();

        /** Whether all jobs have their outcomes, and the router may hear nothing more. */
        boolean isStopping();

        void end(Request.End<J, R> how);

        /** What there is to be said about a pool that takes no jobs. */
        Request.Closed closed();
    }

    private final RequestQueue<J, R> requestQueue;
    private final Executor callbacks;
    private final Ending<J, R> ending;
    private final LongWork work;
    private final AdmissionControl<J, R> admissionControl;
    private final Backlog<J, R> backlog;
    private final Granting<J, R> granting;
    private final PoolController<J, R> poolController;
    private final StatsRequests statsRequests;

    /** A request that takes long, and that all later ones wait for; else null. */
    private Request<J, R> current;

    Requests(
            RequestQueue<J, R> requestQueue,
            Executor callbacks,
            Ending<J, R> ending,
            LongWork work,
            AdmissionControl<J, R> admissionControl,
            Backlog<J, R> backlog,
            Granting<J, R> granting,
            PoolController<J, R> poolController,
            StatsRequests statsRequests) {
        this.requestQueue = requestQueue;
        this.callbacks = callbacks;
        this.ending = ending;
        this.work = work;
        this.admissionControl = admissionControl;
        this.backlog = backlog;
        this.granting = granting;
        this.poolController = poolController;
        this.statsRequests = statsRequests;
    }

    /** Whether a request is being handled, upon whose end {@link #take} has to be called again. */
    boolean areHeldUp() {
        return current != null;
    }

    /** Takes what is in the queue of requests, but not too much at a time, so that a flood of it does not hold up the workers' news. */
    void take() {
        if (areHeldUp()) {
            return; // nor is there any further wake-up until then
        }
        requestQueue.asleep();
        while (!areHeldUp() && work.steps().areLeft()) {
            Request<J, R> request = requestQueue.poll();
            if (request == null) {
                return;
            }
            work.steps().take(request.steps());
            handle(request);
        }
        requestQueue.wakeAgain();
    }

    /** Handles a request that has not come through the queue of requests. */
    void handleInTurn(Request<J, R> request) {
        if (areHeldUp()) {
            requestQueue.offer(request);
        } else {
            handle(request);
        }
    }

    void cancelAll(List<Request<J, R>> cancellations) {
        work.begin(LongWork.forEach(cancellations.iterator(), STEPS_TO_CANCEL, cancellation -> {
            handleInTurn(cancellation);
            return LongWork.NOTHING;
        }));
    }

    private void handle(Request<J, R> request) {
        try {
            handleOrFail(request);
        } catch (Throwable t) { // the pool is about to end of it, and may not have entered this request anywhere
            Request.Closed closed = ending.closed();
            callbacks.execute(() -> request.refuse(closed));
            throw t;
        }
    }

    private void handleOrFail(Request<J, R> request) {
        if (request instanceof Single<J, R> single) {
            admissionControl.accept(single);
        } else if (request instanceof BatchSubmission<J, R> batch) {
            admissionControl.accept(batch);
        } else if (request instanceof StreamSubmission.Arrived<J, R> arrived) {
            backlog.arrived(arrived.stream());
        } else if (request instanceof StreamSubmission<J, R> stream) {
            admissionControl.accept(stream);
        } else if (request instanceof StreamSubmission.End<J, R> end) {
            backlog.endInput(end.stream(), end.problem());
        } else if (request instanceof Single.Cancel<J, R> cancel) {
            poolController.cancel(cancel.single());
        } else if (request instanceof Submission.Cancel<J, R> cancel) {
            poolController.cancel(cancel.submission(), cancel.running());
        } else if (request instanceof Submission.CancelNamed<J, R> cancel) {
            poolController.cancelNamed(cancel.name());
        } else if (request instanceof Request.Adjust<J, R> adjust) {
            adjust(adjust);
        } else if (request instanceof Request.Stats<J, R> stats) {
            statsRequests.ask(stats.receiver());
            if (ending.isStopping()) {
                statsRequests.answer();
            }
        } else if (request instanceof Single.Open<J, R> open) {
            visitOpen(open);
        } else if (request instanceof Request.End<J, R> end) {
            ending.end(end);
        } else {
            throw new IllegalArgumentException("unknown request " + request.getClass());
        }
    }

    private void adjust(Request.Adjust<J, R> adjust) {
        if (ending.isOpen() || !(adjust instanceof Request.Pause)) { // a pool that ends does not pause
            poolController.adjust(adjust);
        }
        if (adjust instanceof Request.Pause<J, R> pause) {
            admissionControl.update();
            pause.heard().run();
        } else if (adjust instanceof Request.SlowDown<J, R> slowDown) {
            admissionControl.update();
            slowDown.heard().run();
        }
    }

    private void visitOpen(Single.Open<J, R> open) {
        granting.suspend();
        LongWork.Task visit = backlog.visitOpenSingles(open.visitor());
        makeOthersWait(open, steps -> {
            boolean done = visit.goOn(steps);
            if (done) {
                granting.goOn();
                open.onEnd().run();
            }
            return done;
        });
    }

    /** All later requests wait until a task is done that one begins. */
    private void makeOthersWait(Request<J, R> request, LongWork.Task task) {
        current = request;
        work.begin(steps -> {
            boolean done = task.goOn(steps);
            current = done ? null : request;
            return done;
        });
    }

    /** The pool is gone: there is nobody to go on with what is being handled, and nobody takes what comes. */
    void end(Request.Closed closed) {
        if (current != null) {
            Request<J, R> unfinished = current;
            current = null;
            callbacks.execute(() -> unfinished.refuse(closed));
        }
        requestQueue.close(closed, callbacks);
    }
}
