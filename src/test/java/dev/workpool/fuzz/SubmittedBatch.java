package dev.workpool.fuzz;

import dev.workpool.Batch;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A batch that was submitted to a pool that was started. */
final class SubmittedBatch extends AnyBatch {
    private volatile Batch<Job.Result> batch;
    private volatile boolean refused;
    private BatchProgress before;

    /** Null unless somebody has asked. */
    private volatile CompletableFuture<Job.Result> first;

    private final boolean races;

    SubmittedBatch(Model model, int size, int level, SplittableRandom random) {
        super(model, size, level, random);
        races = random.nextInt(5) == 0;
    }

    SubmittedBatch(Model model, int size, Plan each) {
        super(model, size, each);
        races = false;
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
        if (races) {
            cancelled = true; // the others are, when one has won
            first = batch.firstSuccess().toCompletableFuture();
        }
        model.add(this);
    }

    /** What has become of a batch is told by whoever has won. */
    private void checkFirst(BatchResult<Job.Result> result) {
        CompletableFuture<Job.Result> asked = first;
        if (asked == null) {
            return;
        }
        try {
            Job.Result won = asked.get(Watch.BOUND.toMillis(), TimeUnit.MILLISECONDS);
            boolean isOne = result.outcomes().stream()
                    .anyMatch(each -> each instanceof Outcome.Succeeded<Job.Result> succeeded
                            && Objects.equals(succeeded.value(), won));
            if (!isOne) {
                find("the first success is none", won + ": " + text());
            }
        } catch (ExecutionException e) {
            boolean expected =
                    result.size() == 0 ? e.getCause() instanceof NoSuchElementException : result.succeeded() == 0;
            if (!expected) {
                find("there is a success, and no first one", e + ": " + text());
            }
        } catch (InterruptedException | TimeoutException e) {
            find("the first success is not told", e + ": " + text());
        }
    }

    /** It belongs to a job, and may be cancelled with it. */
    void childOf(JobContext context) {
        cancelled = true;
        Batch<Job.Result> now = batch;
        if (now != null) {
            context.child(now);
        }
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
            switch (random.nextInt(jobs.isEmpty() ? 2 : 3)) {
                case 0 -> now.cancel();
                case 1 -> now.cancelUnstarted();
                default -> now.cancel(random.nextInt(jobs.size()));
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
            checkFirst(result);
            look();
            if (!result.counts().equals(before)) {
                find("the progress of a batch is not its result", before + ", " + result + ": " + text());
            }
        }
    }
}
