package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.Steps;
import dev.workpool.settings.WhenFull;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Accepts jobs into the backlog or rejects them, and tells how much room is left. Confined to the dispatcher's thread.
 */
final class AdmissionControl<J, R> {
    /** Tells whoever waits for a job that it was dropped. */
    private static final int STEPS_TO_DROP = 16;

    private final Backlog<J, R> backlog;
    private final QueueCapacity queueCapacity;
    private final boolean dropsOldest;
    private final String pool;

    /** Tells how many jobs would not wait. */
    private final Granting<J, R> granting;

    private final Executor callbacks;
    private final PoolEvents events;
    private final Steps steps;
    private final String droppedReason;

    /** The reason of rejections once the pool takes no more jobs. */
    private final Supplier<Request.Closed> closed;

    private boolean open = true;

    AdmissionControl(
            Backlog<J, R> backlog,
            QueueCapacity queueCapacity,
            WhenFull whenFull,
            String pool,
            Granting<J, R> granting,
            Executor callbacks,
            PoolEvents events,
            Steps steps,
            Supplier<Request.Closed> closed) {
        this.backlog = backlog;
        this.queueCapacity = queueCapacity;
        this.dropsOldest = whenFull == WhenFull.DROP_OLDEST;
        this.pool = pool;
        this.granting = granting;
        this.callbacks = callbacks;
        this.events = events;
        this.steps = steps;
        this.droppedReason = "dropped for a later job: " + queueCapacity.reason(pool, 1);
        this.closed = closed;
    }

    void close() {
        open = false;
        queueCapacity.close();
    }

    /** The pool ends: what submitters have rejected by now is counted, and nothing that they reject later. */
    void end() {
        close();
        queueCapacity.end();
        backlog.rejectedBySubmitters(queueCapacity.takeRejected());
    }

    void accept(Single<J, R> single) {
        if (single.state == Single.State.RAN_BY_SUBMITTER) {
            backlog.singles().acceptRan(single);
        } else if (!open) {
            refuse(single, closed.get());
        } else if (dropsFor(1)) {
            makeRoomForOne();
            backlog.accept(single);
        } else if (single.state == Single.State.ADMITTED || queueCapacity.admit(1)) {
            backlog.accept(single);
        } else {
            refuse(single, full(1));
        }
    }

    /**
     * Accepts a batch or refuses it.
     *
     * @return what is to be done for it, which may take long; all later requests wait until then
     */
    LongWork.Task accept(BatchSubmission<J, R> submission) {
        if (submission.size() == 0) {
            submission.completeEmpty();
        } else if (!open) {
            refuse(submission, closed.get());
        } else if (dropsFor(submission.open())) {
            return steps -> {
                boolean done = makeRoom(submission.open(), steps);
                if (done) {
                    acceptInRoom(submission);
                }
                return done;
            };
        } else if (submission.admitted || queueCapacity.admit(submission.open())) {
            backlog.accept(submission);
        } else {
            refuse(submission, full(submission.size()));
        }
        return LongWork.NOTHING;
    }

    /** The pool may have been closed while room was made. */
    private void acceptInRoom(BatchSubmission<J, R> submission) {
        if (open) {
            backlog.accept(submission);
        } else {
            refuse(submission, closed.get());
        }
    }

    /** A stream needs no room: what it may have open is bounded by its own window. */
    void accept(StreamSubmission<J, R> submission) {
        if (open) {
            backlog.accept(submission);
        } else {
            Request.Closed reason = closed.get();
            tellRejected(submission, 0, reason);
            callbacks.execute(() -> submission.refuse(reason));
        }
    }

    /**
     * Whether older jobs make room for so many; not for more than there could be room for. The oldest are those that no
     * idle worker is about to take.
     */
    private boolean dropsFor(int jobs) {
        if (!dropsOldest) {
            return false;
        }
        if (lacksRoom(jobs)) {
            granting.grantToIdle();
        }
        return jobs <= queueCapacity.capacity() + granting.idle();
    }

    /** At once, since usually only one job is dropped. */
    private void makeRoomForOne() {
        while (lacksRoom(1)) {
            steps.take(STEPS_TO_DROP);
            if (!backlog.dropOldest(droppedReason)) {
                return;
            }
        }
    }

    private boolean lacksRoom(int jobs) {
        return backlog.held() + jobs > queueCapacity.capacity() + granting.idle();
    }

    /** In parts: it may be as many jobs as the queue holds. */
    private boolean makeRoom(int jobs, Steps steps) {
        while (lacksRoom(jobs)) {
            if (!steps.take(STEPS_TO_DROP)) {
                return false;
            }
            if (!backlog.dropOldest(droppedReason)) {
                return true;
            }
        }
        return true;
    }

    private Request.Closed full(long jobs) {
        return new Request.Closed(
                jobs > queueCapacity.capacity() ? queueCapacity.tooLarge(pool, jobs) : queueCapacity.reason(pool, jobs),
                null);
    }

    private void refuse(Single<J, R> single, Request.Closed reason) {
        backlog.reject(1);
        events.rejected(null, List.of(), 1, reason.reason());
        callbacks.execute(() -> single.refuse(reason));
    }

    private void refuse(BatchSubmission<J, R> submission, Request.Closed reason) {
        backlog.reject(submission.open());
        if (submission.open() > 0) { // else their submitter has run all of them
            tellRejected(submission, submission.open(), reason);
        }
        submission.refuse(reason);
    }

    private void tellRejected(Submission submission, long jobs, Request.Closed reason) {
        events.rejected(submission.label(), submission.options().observers(), jobs, reason.reason());
    }

    /** Tells the queue's capacity what has changed, and takes in what that had to reject. */
    void update() {
        if (!queueCapacity.isUnlimited()) {
            queueCapacity.update(backlog.held(), granting.idle());
            backlog.rejectedBySubmitters(queueCapacity.takeRejected());
        }
    }
}
