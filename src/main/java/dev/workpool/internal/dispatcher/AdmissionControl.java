package dev.workpool.internal.dispatcher;

import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.settings.WhenFull;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Takes jobs into the backlog, or rejects them, and says how much room is left. Of the dispatcher's thread. */
final class AdmissionControl<J, R> {
    private final Backlog<J, R> backlog;
    private final QueueCapacity queueCapacity;
    private final boolean dropsOldest;
    private final String pool;

    /** How many jobs would not wait. */
    private final LongSupplier idle;

    private final Executor callbacks;

    /** What is said about the pool once it takes no more. */
    private final Supplier<Request.Closed> closed;

    private boolean open = true;

    AdmissionControl(
            Backlog<J, R> backlog,
            QueueCapacity queueCapacity,
            WhenFull whenFull,
            String pool,
            LongSupplier idle,
            Executor callbacks,
            Supplier<Request.Closed> closed) {
        this.backlog = backlog;
        this.queueCapacity = queueCapacity;
        this.dropsOldest = whenFull == WhenFull.DROP_OLDEST;
        this.pool = pool;
        this.idle = idle;
        this.callbacks = callbacks;
        this.closed = closed;
    }

    void close() {
        open = false;
        queueCapacity.close();
    }

    void accept(Single<J, R> single) {
        if (single.state == Single.State.RAN_BY_SUBMITTER) {
            backlog.singles().acceptRan(single);
        } else if (!open) {
            refuse(single, closed.get());
        } else if (admit(single.state == Single.State.ADMITTED, 1)) {
            backlog.accept(single);
        } else {
            refuse(single, full(1));
        }
    }

    void accept(BatchSubmission<J, R> submission) {
        if (submission.size() == 0) {
            submission.completeEmpty();
        } else if (!open) {
            refuse(submission, closed.get());
        } else if (admit(submission.admitted, submission.open())) {
            backlog.accept(submission);
        } else {
            refuse(submission, full(submission.size()));
        }
    }

    /** A stream needs no room: what it may have open is bounded by its own window. */
    void accept(StreamSubmission<J, R> submission) {
        if (open) {
            backlog.accept(submission);
        } else {
            Request.Closed reason = closed.get();
            callbacks.execute(() -> submission.refuse(reason));
        }
    }

    /** Whether there is a place for jobs; their submitter may have found one already, unless that is an actor. */
    private boolean admit(boolean admitted, int jobs) {
        if (!admitted && dropsOldest && jobs <= queueCapacity.capacity() + idle.getAsLong()) {
            String reason = "dropped for a later job: " + queueCapacity.reason(pool);
            while (backlog.held() + jobs > queueCapacity.capacity() + idle.getAsLong() && backlog.dropOldest(reason)) {
                // until there is room
            }
            return true;
        }
        return admitted || queueCapacity.admit(jobs);
    }

    private Request.Closed full(long jobs) {
        return new Request.Closed(
                jobs > queueCapacity.capacity() ? queueCapacity.tooLarge(pool, jobs) : queueCapacity.reason(pool),
                null);
    }

    private void refuse(Single<J, R> single, Request.Closed reason) {
        backlog.reject(1);
        callbacks.execute(() -> single.refuse(reason));
    }

    private void refuse(BatchSubmission<J, R> submission, Request.Closed reason) {
        backlog.reject(submission.open());
        submission.refuse(reason);
    }

    /** Tells the queue's capacity what has changed, and takes in what that had to reject. */
    void update() {
        if (!queueCapacity.isUnlimited()) {
            queueCapacity.update(backlog.held(), idle.getAsLong());
            backlog.reject(queueCapacity.takeRejected());
        }
    }
}
