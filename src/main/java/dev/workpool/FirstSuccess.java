package dev.workpool;

import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.PoolGuard;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Completes a stage with the first success of a batch. The batch's ledger tells it as soon as there is one. The batch's
 * result tells it if the batch is complete or has none. Whichever comes first completes the stage. Thread-safe.
 */
final class FirstSuccess<R> {
    private final GuardedFuture.Stage<BatchResult<R>> result;
    private final BatchSubmission<?, R> submission;
    private final RequestQueue<?, R> requestQueue;
    private final PoolGuard guard;
    private final Executor callbacks;
    private final Runnable cancelOthers;

    /** Null until somebody asks. */
    private final AtomicReference<GuardedFuture.Stage<R>> stage = new AtomicReference<>();

    FirstSuccess(
            GuardedFuture.Stage<BatchResult<R>> result,
            BatchSubmission<?, R> submission,
            RunningPool<?, R> pool,
            Runnable cancelOthers) {
        this.result = result;
        this.submission = submission;
        this.requestQueue = pool.requestQueue();
        this.guard = pool.guard();
        this.callbacks = pool.callbacks();
        this.cancelOthers = cancelOthers;
    }

    CompletionStage<R> stage() {
        StackGuard.check(); // not to promise a stage, and then to have no stack for what is to complete it
        GuardedFuture.Stage<R> mine = new GuardedFuture.Stage<>(guard);
        GuardedFuture.Stage<R> before = stage.compareAndExchange(null, mine);
        GuardedFuture.Stage<R> shared = before == null ? mine : before;
        if (!shared.isDone()) {
            seeTo(shared);
        }
        return shared;
    }

    /** Done again by everybody who asks: whoever was first may have come to the end of their stack in here. */
    private void seeTo(GuardedFuture.Stage<R> shared) {
        submission.onFirstSuccess(success -> {
            cancelOthers.run();
            callbacks.execute(() -> shared.settle(success.value()));
        });
        requestQueue.offer(new Submission.AwaitSuccess<>(submission));
        CompletableFuture<Void> told = result.thenAccept(all -> settle(shared, all));
        if (!shared.isDone() && told.isCompletedExceptionally()) { // for want of stack: it was called here
            throw new StackOverflowError();
        }
    }

    /**
     * By what has become of all jobs. Errors are users' code, and so are the stage's dependents: the batch's own are to
     * see no interrupt of theirs.
     */
    private static <R> void settle(GuardedFuture.Stage<R> stage, BatchResult<R> all) {
        boolean own = Interrupts.own();
        try {
            settleBy(all, stage);
        } finally {
            Interrupts.clearUnless(own);
        }
    }

    private static <R> void settleBy(BatchResult<R> all, GuardedFuture.Stage<R> stage) {
        for (Outcome<R> outcome : all.outcomes()) {
            if (outcome instanceof Outcome.Succeeded<R> succeeded) {
                stage.settle(succeeded.value());
                return;
            }
        }
        stage.settle(null, Optional.of(failure(all)));
    }

    private static RuntimeException failure(BatchResult<?> withoutSuccess) {
        try {
            withoutSuccess.values();
            return new NoSuchElementException("a batch without jobs has no first success");
        } catch (BatchFailedException e) {
            return e;
        }
    }
}
