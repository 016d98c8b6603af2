package dev.workpool.internal.worker;

import dev.workpool.job.Cancellable;
import dev.workpool.job.JobContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The context of a job that carries its submitter's contexts; these are in place when its actions run, wherever that
 * is.
 *
 * @param job the context that everything else is delegated to
 * @param contexts the submitter's
 */
record CarryingJobContext(JobContext job, Contexts contexts) implements JobContext {
    @Override
    public int attempt() {
        return job.attempt();
    }

    @Override
    public Optional<Instant> deadline() {
        return job.deadline();
    }

    @Override
    public int workerIndex() {
        return job.workerIndex();
    }

    @Override
    public boolean isCancelled() {
        return job.isCancelled();
    }

    @Override
    public void onCancel(CancelAction action) {
        Objects.requireNonNull(action, "action");
        job.onCancel(() -> contexts.run(action));
    }

    @Override
    public <C extends Cancellable> C child(C work) {
        return job.child(work);
    }

    @Override
    public void slowDown(Duration retryAfter) {
        job.slowDown(retryAfter);
    }

    @Override
    public void progress(long done, long total, String note) {
        job.progress(done, total, note);
    }
}
