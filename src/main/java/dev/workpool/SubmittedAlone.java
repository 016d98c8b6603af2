package dev.workpool;

import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.settings.JobOptions;
import java.util.List;

/** The future of a job with its own options, which is a batch of its own. Cancelling it cancels the job. */
final class SubmittedAlone<J, R> extends GuardedFuture<R> {
    private final RequestQueue<J, R> requestQueue;
    private final BatchSubmission<J, R> submission;

    SubmittedAlone(J job, JobOptions options, RunningPool<J, R> pool) {
        super(pool.guard());
        this.requestQueue = pool.requestQueue();
        this.submission = new BatchSubmission<>(
                Label.ofJob(),
                PagedList.copyOf(List.of(job)),
                options.asBatch(),
                BatchReceiver.of(
                        null,
                        pool.callbacks(),
                        result -> SubmittedJob.complete(this, result.outcomes().get(0))));
    }

    BatchSubmission<J, R> submission() {
        return submission;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        StackGuard.check(); // for the pool hears of it afterwards
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            requestQueue.offer(new Submission.Cancel<>(submission, true));
        }
        return cancelled;
    }
}
