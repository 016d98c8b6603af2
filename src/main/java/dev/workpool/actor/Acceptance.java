package dev.workpool.actor;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Takes jobs into the backlog, or rejects them. Of the dispatcher's thread. */
final class Acceptance<J, R> {
    private final Backlog<J, R> backlog;
    private final Executor callbacks;

    /** What is said about the pool once it takes no more. */
    private final Supplier<Request.Closed> closed;

    private boolean open = true;

    Acceptance(Backlog<J, R> backlog, Executor callbacks, Supplier<Request.Closed> closed) {
        this.backlog = backlog;
        this.callbacks = callbacks;
        this.closed = closed;
    }

    void close() {
        open = false;
    }

    void accept(Single<J, R> single) {
        if (open) {
            backlog.accept(single);
        } else {
            backlog.reject(1);
            Request.Closed reason = closed.get();
            callbacks.execute(() -> single.refuse(reason));
        }
    }

    void accept(BatchSubmission<J, R> submission) {
        if (submission.size() == 0) {
            submission.completeEmpty();
        } else if (open) {
            backlog.accept(submission);
        } else {
            backlog.reject(submission.size());
            submission.refuse(closed.get());
        }
    }
}
