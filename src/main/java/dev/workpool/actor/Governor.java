package dev.workpool.actor;

import akka.actor.typed.ActorRef;
import java.util.function.Predicate;

/**
 * What users and policies change while jobs run: jobs and batches that are stopped, how many workers there are, how fast and
 * whether jobs begin. Of the dispatcher's thread.
 */
final class Governor<J, R> {
    private final Backlog<J, R> backlog;
    private final ActorRef<Router.Command<R>> router;
    private final Granting<J, R> granting;

    /** Whether what waits for time to pass would wait for ever. */
    private boolean noTimePasses;

    Governor(Backlog<J, R> backlog, ActorRef<Router.Command<R>> router, Granting<J, R> granting) {
        this.backlog = backlog;
        this.router = router;
        this.granting = granting;
    }

    void cancel(Single<J, R> single) {
        if (backlog.cancelUnlessGranted(single)) {
            router.tell(new Router.CancelJob<>(Backlog.SINGLES, single.index));
        } else if (granting.expected() == 0) {
            router.tell(new Router.NothingQueued<>());
        }
    }

    /**
     * Stops batches.
     *
     * @param which those for which it is true
     * @param reason what their jobs become
     * @param running whether those that run, too
     */
    void stop(Predicate<Submission> which, StopReason reason, boolean running) {
        for (long batchId : backlog.stop(which, reason)) {
            router.tell(new Router.StopBatch<>(batchId, reason, running, granting.expected()));
        }
    }

    /** Cancels every job; the pool takes no more. */
    void stopEverything() {
        backlog.cancelSingles();
        router.tell(new Router.StopBatch<>(Backlog.SINGLES, StopReason.CANCELLED, true, granting.expected()));
        stop(submission -> true, StopReason.CANCELLED, true);
    }

    /** Ends a batch early, if its policy says so at this point. */
    void haltIfDue(long batchId) {
        if (backlog.isToHalt(batchId)) {
            Submission submission = backlog.batch(batchId).orElseThrow().submission();
            stop(
                    batch -> batch == submission,
                    StopReason.CANCELLED,
                    submission.options().halt().isNow());
        }
    }

    /** Does what has become due: retries, streams' turns, and the ends of batches' times. */
    void attendToTime(long nowNs) {
        backlog.queueRetries(nowNs);
        backlog.streams().attendToTime(nowNs);
        for (Submission late : backlog.deadlines().takeLate(nowNs)) {
            StopReason reason = StopReason.timedOut(late.options().timeout().orElseThrow());
            stop(batch -> batch == late, reason, true);
        }
    }

    /** Cancels what waits for time to pass, if none does. Called whenever something has been granted, or not. */
    void giveUpWaiting() {
        if (noTimePasses) {
            backlog.cancelParked();
            if (granting.isWaitingForTime()) {
                backlog.cancelQueued();
            }
        }
    }

    void adjust(Request.Adjust<J, R> adjust) {
        if (adjust instanceof Request.Resize<J, R> resize) {
            router.tell(new Router.Resize<>(resize.workers()));
        } else if (adjust instanceof Request.Limit<J, R> limit) {
            granting.limit(limit.limit());
        } else if (adjust instanceof Request.SlowDown<J, R> slowDown) {
            granting.hold(slowDown.ns());
            router.tell(new Router.Overloaded<>());
        } else if (adjust instanceof Request.Pause<J, R>) {
            granting.pause();
        } else if (adjust instanceof Request.Resume<J, R>) {
            granting.resume();
        } else if (adjust instanceof Request.NoMoreTime<J, R>) {
            noTimePasses = true;
        } else if (adjust instanceof Request.GraceIsOver<J, R>) {
            router.tell(new Router.GraceIsOver<>());
        }
    }
}
