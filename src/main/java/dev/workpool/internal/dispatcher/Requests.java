package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.RepeatedWarning;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Handles the requests to a pool, one after another. A request that takes several messages is finished before the next
 * begins. Confined to the dispatcher's thread.
 */
final class Requests<J, R> {
    private static final int STEPS_TO_CANCEL = 32;

    /** The handler of each kind of request. */
    private record Case<T>(Class<T> type, Consumer<T> handler) {}

    private final RequestQueue<J, R> requestQueue;
    private final Executor callbacks;
    private final Ending<J, R> ending;
    private final LongWork work;
    private final AdmissionControl<J, R> admissionControl;
    private final Backlog<J, R> backlog;
    private final Granting<J, R> granting;
    private final PoolController<J, R> poolController;
    private final StatsRequests statsRequests;
    private final RepeatedWarning<Runnable> warnings;
    private final LongSupplier clock;

    /** In this order; the most frequent kinds come first. */
    private final List<Case<?>> cases;

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
            StatsRequests statsRequests,
            RepeatedWarning<Runnable> warnings,
            LongSupplier clock) {
        this.requestQueue = requestQueue;
        this.callbacks = callbacks;
        this.ending = ending;
        this.work = work;
        this.admissionControl = admissionControl;
        this.backlog = backlog;
        this.granting = granting;
        this.poolController = poolController;
        this.statsRequests = statsRequests;
        this.warnings = warnings;
        this.clock = clock;
        this.cases = cases();
    }

    private List<Case<?>> cases() {
        OpenStreams<J, R> streams = backlog.streams();
        return List.of(
                Requests.<Single<J, R>>on(Single.class, admissionControl::accept),
                Requests.<BatchSubmission<J, R>>on(
                        BatchSubmission.class, batch -> makeOthersWait(batch, admissionControl.accept(batch))),
                Requests.<StreamSubmission.Arrived<J, R>>on(
                        StreamSubmission.Arrived.class, arrived -> streams.arrived(arrived.stream())),
                Requests.<StreamSubmission<J, R>>on(StreamSubmission.class, admissionControl::accept),
                Requests.<StreamSubmission.End<J, R>>on(
                        StreamSubmission.End.class, end -> streams.endInput(end.stream(), end.problem())),
                Requests.<Single.Cancel<J, R>>on(Single.Cancel.class, cancel -> poolController.cancel(cancel.single())),
                Requests.<Submission.Cancel<J, R>>on(
                        Submission.Cancel.class,
                        cancel -> poolController.cancel(cancel.submission(), cancel.running())),
                Requests.<Submission.CancelJob<J, R>>on(
                        Submission.CancelJob.class,
                        cancel -> poolController.cancelJob(cancel.submission(), cancel.index())),
                Requests.<Submission.AwaitSuccess<J, R>>on(
                        Submission.AwaitSuccess.class, await -> backlog.awaitSuccess(await.batch())),
                Requests.<Submission.CancelNamed<J, R>>on(
                        Submission.CancelNamed.class, cancel -> poolController.cancelNamed(cancel.name())),
                Requests.<Request.Stats<J, R>>on(Request.Stats.class, this::askForStats),
                Requests.<Single.Open<J, R>>on(Single.Open.class, this::visitOpen),
                Requests.<Request.Resize<J, R>>on(
                        Request.Resize.class, resize -> poolController.resize(resize.workers())),
                Requests.<Request.Limit<J, R>>on(Request.Limit.class, limit -> granting.limit(limit.limit())),
                Requests.<Request.Pause<J, R>>on(Request.Pause.class, this::pause),
                Requests.<Request.Resume<J, R>>on(Request.Resume.class, resume -> granting.resume()),
                Requests.<Request.SlowDown<J, R>>on(Request.SlowDown.class, this::slowDown),
                Requests.<Request.Warning<J, R>>on(
                        Request.Warning.class, warning -> warnings.add(warning.write(), clock.getAsLong())),
                Requests.<Request.NoMoreTime<J, R>>on(
                        Request.NoMoreTime.class, noMoreTime -> poolController.noMoreTime()),
                Requests.<Request.GraceIsOver<J, R>>on(
                        Request.GraceIsOver.class, graceIsOver -> poolController.graceIsOver()),
                Requests.<Request.End<J, R>>on(Request.End.class, ending::end));
    }

    @SuppressWarnings("unchecked") // as Java has no Class of a generic type
    private static <T> Case<T> on(Class<? super T> type, Consumer<T> handler) {
        return new Case<>((Class<T>) type, handler);
    }

    /** Whether a request is being handled. When it ends, {@link #take} has to be called again. */
    boolean areHeldUp() {
        return current != null;
    }

    /**
     * Takes what is in the queue of requests, but not too much at a time, so that a flood of it does not hold up the
     * workers' news.
     */
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
        for (int i = 0; i < cases.size(); i++) { // no iterator: this is done for each job that is submitted by itself
            if (handle(cases.get(i), request)) {
                return;
            }
        }
        throw new IllegalArgumentException("unknown request " + request.getClass());
    }

    private static <T> boolean handle(Case<T> candidate, Object request) {
        boolean matches = candidate.type.isInstance(request);
        if (matches) {
            candidate.handler.accept(candidate.type.cast(request));
        }
        return matches;
    }

    private void askForStats(Request.Stats<J, R> stats) {
        statsRequests.ask(stats.receiver());
        if (ending.isStopping()) {
            statsRequests.answer();
        }
    }

    private void pause(Request.Pause<J, R> pause) {
        if (ending.isOpen()) { // a pool that ends does not pause
            granting.pause();
        }
        admissionControl.update();
        pause.heard().run();
    }

    private void slowDown(Request.SlowDown<J, R> slowDown) {
        poolController.slowDown(slowDown.ns());
        admissionControl.update();
        slowDown.heard().run();
    }

    private void visitOpen(Single.Open<J, R> open) {
        granting.suspend();
        LongWork.Task visit = backlog.singles().visitOpen(open.visitor());
        makeOthersWait(open, steps -> {
            boolean done = visit.goOn(steps);
            if (done) {
                granting.goOn();
                open.onEnd().run();
            }
            return done;
        });
    }

    /** Begins a long task of a request; all later requests wait until it is done. */
    private void makeOthersWait(Request<J, R> request, LongWork.Task task) {
        current = request;
        work.begin(steps -> {
            boolean done = task.goOn(steps);
            current = done ? null : request;
            return done;
        });
    }

    /** The pool is gone: the current request is not continued, and later ones are not taken. */
    void end(Request.Closed closed) {
        if (current != null) {
            Request<J, R> unfinished = current;
            current = null;
            callbacks.execute(() -> unfinished.refuse(closed));
        }
        requestQueue.close(closed, callbacks);
    }
}
