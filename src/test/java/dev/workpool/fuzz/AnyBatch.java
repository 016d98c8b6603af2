package dev.workpool.fuzz;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A batch, however it was submitted. */
abstract class AnyBatch extends Submitted {
    final List<Job> jobs;
    final BatchPlan plan;
    final BatchOptions options;
    final CompletableFuture<BatchResult<Job.Result>> end = new CompletableFuture<>();

    final Consumed consumed;
    private final long seed;

    AnyBatch(Model model, int size, int level, SplittableRandom random) {
        super(model);
        this.jobs = model.jobs(this, size, level, random);
        this.plan = new BatchPlan(model.scenario, random, true);
        this.seed = random.nextLong();
        this.consumed = random.nextBoolean() ? new Consumed(this, size, seed) : null;
        this.options = plan.options();
    }

    /** Jobs that all do the same, with nothing that could end them early. */
    AnyBatch(Model model, int size, Plan each) {
        super(model);
        this.jobs = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            jobs.add(new Job(model.nextId(), 2, each, this, i));
        }
        this.plan = BatchPlan.plain(model.scenario);
        this.seed = 0;
        this.consumed = null;
        this.options = plan.options();
    }

    /** To be called with the result, by whoever has it first. */
    void ended(BatchResult<Job.Result> result) {
        if (consumed != null) {
            consumed.complete();
        }
        end.complete(result);
    }

    void disturb() {
        new BadCallback(model, seed - 1).run(this);
    }

    boolean hasConsumer() {
        return consumed != null;
    }

    @Override
    CompletableFuture<BatchResult<Job.Result>> completion() {
        return end;
    }

    @Override
    boolean hasSucceeded() {
        BatchResult<Job.Result> result = end.getNow(null);
        return result != null && result.isSuccess();
    }

    @Override
    int permits() {
        return plan.permits;
    }

    @Override
    boolean isTimed() {
        return plan.isTimed();
    }

    @Override
    boolean mayHalt() {
        return plan.mayHalt();
    }

    /** Also at the end of its time, with what its last attempt came to. */
    @Override
    boolean mayGiveUp() {
        return super.mayGiveUp() || plan.timeout.isPresent();
    }

    @Override
    RetryPolicy retry() {
        return plan.retry();
    }

    final void check(BatchResult<Job.Result> result) {
        if (result.size() != jobs.size()) {
            find("a result has more or fewer outcomes than jobs", result.size() + ": " + text());
            return;
        }
        BatchProgress counts = BatchResult.of(result.outcomes()).counts();
        if (!counts.equals(result.counts())) {
            find("the counts of a result are not those of its outcomes", result + ", " + counts + ": " + text());
        }
        for (int i = 0; i < jobs.size(); i++) {
            Outcome<Job.Result> outcome = result.outcomes().get(i);
            check(jobs.get(i), outcome);
            if (consumed != null) {
                consumed.check(i, outcome);
            }
        }
        checkRejections(result);
        checkHalt(result);
    }

    /** It is accepted as a whole or not at all; unless its submitter runs some, or it makes room. */
    private void checkRejections(BatchResult<Job.Result> result) {
        boolean asAWhole = !model.scenario.callersRun() && !model.scenario.drops();
        if (asAWhole && result.rejected() > 0 && result.rejected() < result.size()) {
            find("a part of a batch is rejected", result + ": " + text());
        }
    }

    /** What halts a batch is there to be seen. */
    private void checkHalt(BatchResult<Job.Result> result) {
        boolean excused = cancelled || model.cancelling || plan.halt.equals(HaltPolicy.never());
        if (!excused && result.cancelled() > 0 && !plan.halt.isReached(result.counts())) {
            find("a batch is halted before its time", result + ", " + plan.halt + ": " + text());
        }
    }

    @Override
    String textOfOpen() {
        return text() + ": "
                + jobs.stream().map(job -> job.plan + " " + job.calls).toList();
    }

    @Override
    String text() {
        return getClass().getSimpleName() + " of " + jobs.size() + " jobs, " + plan
                + (hasConsumer() ? ", consumed" : "") + (cancelled ? " (cancelled)" : "") + (inTime ? "" : " (late)");
    }
}
