package dev.workpool.internal.dispatcher;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Carries out what users and policies change while jobs run: stops jobs and batches, and changes the number of workers,
 * the rate limit and whether jobs begin. Confined to the dispatcher's thread.
 */
final class PoolController<J, R> {
    /** The cost of marking a batch and telling the router. */
    private static final int STEPS_TO_STOP = 32;

    private final Backlog<J, R> backlog;
    private final ActorRef<Router.Command<R>> router;
    private final Granting<J, R> granting;
    private final LongWork work;
    private final LongSupplier clock;

    /** Whether time stands still, so that jobs that wait for it would wait for ever. */
    private boolean noTimePasses;

    /** Whether every job is being cancelled. */
    private boolean stopped;

    /** Whether due work is being done. */
    private boolean attending;

    PoolController(
            Backlog<J, R> backlog,
            ActorRef<Router.Command<R>> router,
            Granting<J, R> granting,
            LongWork work,
            LongSupplier clock) {
        this.backlog = backlog;
        this.router = router;
        this.granting = granting;
        this.work = work;
        this.clock = clock;
    }

    void cancel(Single<J, R> single) {
        askForCancelled(backlog.singles().cancel(single), Backlog.SINGLES, single.index);
    }

    /** Cancels one job of a batch or a stream, unless that is complete or is being stopped. */
    void cancelJob(Submission submission, long place) {
        OpenBatch<J, R> batch = backlog.find(submission);
        long index = batch == null || batch.stopped != null ? -1 : batch.indexToCancel(place);
        if (index >= 0) {
            askForCancelled(backlog.cancel(batch, index), batch.id(), index);
        }
    }

    private void askForCancelled(Holder holder, long batchId, long index) {
        switch (holder) {
            case ROUTER -> router.tell(new Router.CancelJob<>(batchId, index));
            case QUEUE -> {
                if (granting.expected() == 0) {
                    router.tell(new Router.NothingQueued<>());
                }
            }
            case NOBODY -> {}
        }
    }

    /** Cancels a batch or a stream, unless it is complete. */
    void cancel(Submission submission, boolean running) {
        OpenBatch<J, R> batch = backlog.find(submission);
        if (batch != null) {
            stop(batch, StopReason.CANCELLED, running);
        }
    }

    /** Cancels all batches and streams of a name, and their jobs that run. */
    void cancelNamed(String name) {
        stopAll(backlog.named(name));
    }

    private void stop(OpenBatch<J, R> batch, StopReason reason, boolean running) {
        work.begin(backlog.stop(batch, reason));
        tellRouter(batch, reason, running);
    }

    private void tellRouter(OpenBatch<J, R> batch, StopReason reason, boolean running) {
        router.tell(new Router.StopBatch<>(batch.batch.id(), reason, running, granting.expected()));
    }

    /** Cancels batches, one after another, except those that are complete when their turn comes. */
    private void stopAll(List<OpenBatch<J, R>> batches) {
        work.begin(LongWork.forEach(batches.iterator(), STEPS_TO_STOP, batch -> {
            if (!backlog.isOpen(batch)) {
                return LongWork.NOTHING;
            }
            tellRouter(batch, StopReason.CANCELLED, true);
            return backlog.stop(batch, StopReason.CANCELLED);
        }));
    }

    /** Cancels every job; the pool takes no more, and grants none from now on. */
    void stopEverything() {
        if (!stopped) {
            stopped = true;
            granting.end();
            router.tell(new Router.StopEverything<>());
            work.begin(backlog.singles().cancelAll());
            work.begin(LongWork.forEach(
                    backlog.open().iterator(),
                    STEPS_TO_STOP,
                    batch -> backlog.isOpen(batch) ? backlog.stop(batch, StopReason.CANCELLED) : LongWork.NOTHING));
        }
    }

    /** Ends a batch early, if its policy says so at this point. */
    void haltIfDue(long batchId) {
        if (backlog.isToHalt(batchId)) {
            OpenBatch<J, R> batch = backlog.batch(batchId).orElseThrow();
            stop(
                    batch,
                    StopReason.CANCELLED,
                    batch.submission().options().halt().isNow());
        }
    }

    /** Does the work that has become due: retries, streams' turns, and the ends of batches' times. */
    void attendToTime() {
        backlog.streams().attendToTime(clock.getAsLong());
        if (!attending) {
            attending = true;
            work.begin(this::attend);
        }
    }

    private boolean attend(Steps steps) {
        long nowNs = clock.getAsLong();
        attending = !(backlog.queueRetries(nowNs, steps) && backlog.releaseDue(nowNs, steps) && stopLate(nowNs, steps));
        return !attending;
    }

    private boolean stopLate(long nowNs, Steps steps) {
        OpenBatch<J, R> late;
        while ((late = backlog.deadlines().late(nowNs)) != null) {
            if (!steps.take(STEPS_TO_STOP)) {
                return false;
            }
            backlog.deadlines().completed(late);
            stop(late, StopReason.timedOut(late.submission().options().timeout().orElseThrow()), true);
        }
        return true;
    }

    /** Cancels jobs that wait for time to pass, if time stands still. Called after every attempt to grant jobs. */
    void giveUpWaiting() {
        if (noTimePasses) {
            backlog.cancelWaiting();
            if (granting.isWaitingForTime()) {
                backlog.cancelQueued();
            }
        }
    }

    void resize(int workers) {
        router.tell(new Router.Resize<>(workers));
    }

    /** A downstream service is overloaded: no job begins for a time, and fewer may run at once afterwards. */
    void slowDown(long ns) {
        granting.hold(ns);
        router.tell(new Router.Overloaded<>());
    }

    /** From now on cancels jobs that wait for time to pass. */
    void noMoreTime() {
        noTimePasses = true;
    }

    /** Abandons the handlers that were told to stop and run on. */
    void graceIsOver() {
        router.tell(new Router.GraceIsOver<>());
    }
}
