package dev.workpool.fuzz;

import dev.workpool.Batch;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import java.util.SplittableRandom;

/** A batch that was submitted to a pool that was started. */
final class SubmittedBatch extends AnyBatch {
    private volatile Batch<Job.Result> batch;
    private volatile boolean refused;
    private BatchProgress before;

    SubmittedBatch(Model model, int size, int level, SplittableRandom random) {
        super(model, size, level, random);
    }

    SubmittedBatch(Model model, int size, Plan each) {
        super(model, size, each);
    }

    void submit() {
        try {
            batch = Submitting.with(
                    this,
                    () -> consumed == null
                            ? model.target.pool().submitAll(jobs, options)
                            : model.target.pool().submitAll(jobs, options, consumed));
        } catch (IllegalStateException e) { // where a thread must not wait, and only there
            refused = true;
            if (!model.scenario.blocks()) {
                find("a submission throws", e.toString());
            }
            model.add(this);
            end.complete(null);
            return;
        }
        returned();
        Thread self = Thread.currentThread();
        batch.result().whenComplete((result, error) -> {
            if (error != null) {
                find("the result of a batch fails", error + ": " + text());
                end.complete(null);
                return;
            }
            ended(result);
            model.onDependent(self, "dependent of a batch");
            if (Where.onCallback() && Thread.currentThread() != self) {
                disturb();
            }
        });
        model.add(this);
    }

    /** Looks how far it is. By one thread. */
    void look() {
        BatchProgress now = batch.progress();
        boolean back = before != null
                && (now.succeeded() < before.succeeded()
                        || now.failed() < before.failed()
                        || now.timedOut() < before.timedOut()
                        || now.cancelled() < before.cancelled()
                        || now.rejected() < before.rejected());
        if (now.total() != jobs.size() || now.pending() < 0 || back) {
            find("the progress of a batch goes back or beyond", before + ", then " + now + ": " + text());
        }
        before = now;
    }

    boolean isRefused() {
        return refused;
    }

    @Override
    void cancel(SplittableRandom random) {
        cancelled = true;
        Batch<Job.Result> now = batch;
        if (now != null) {
            if (random.nextBoolean()) {
                now.cancel();
            } else {
                now.cancelUnstarted();
            }
        }
    }

    @Override
    void check() {
        if (refused) {
            for (Job job : jobs) {
                if (job.calls.get() > 0) {
                    find("a refused job has run", job.text());
                }
            }
            return;
        }
        cancelled |= model.batchIdsCancelled.contains(plan.id);
        BatchResult<Job.Result> result = end.getNow(null);
        if (result != null) {
            check(result);
            look();
            if (!result.counts().equals(before)) {
                find("the progress of a batch is not its result", before + ", " + result + ": " + text());
            }
        }
    }
}
