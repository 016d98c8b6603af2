package dev.workpool.fuzz;

import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/** A job that was submitted by itself. */
final class SubmittedSingle extends Submitted {
    private final Job job;
    private final long seed;
    private final boolean isAwaited;
    private volatile CompletableFuture<Job.Result> future;
    private CompletableFuture<Object> end = new CompletableFuture<>();
    private volatile boolean overflowed;

    SubmittedSingle(Model model, int level, SplittableRandom random) {
        super(model);
        this.job = model.job(this, 0, level, random);
        this.seed = random.nextLong();
        this.isAwaited = random.nextInt(4) == 0;
    }

    SubmittedSingle(Model model, Plan plan) {
        super(model);
        this.job = new Job(model.nextId(), 2, plan, this, 0);
        this.seed = 0;
        this.isAwaited = false;
    }

    void submit() {
        try {
            future = Submitting.with(this, () -> model.target.pool().submit(job));
        } catch (IllegalStateException e) {
            refused(e);
            return;
        }
        submitted();
    }

    /** Where a thread must not wait, and only there. */
    private void refused(IllegalStateException e) {
        if (!model.scenario.blocks()) {
            find("a submission throws", e.toString());
        }
        end.complete(e);
        model.add(this);
    }

    private void submitted() {
        returned();
        Thread self = Thread.currentThread();
        if (isAwaited) {
            model.target.world().elsewhere().execute(() -> end.complete(await(future)));
        } else {
            end = future.handle((value, error) -> {
                model.onDependent(self, "dependent of a single job");
                if (Where.onCallback() && Thread.currentThread() != self) {
                    try {
                        new BadCallback(model, seed).run(this);
                    } catch (Throwable t) {
                        return either(value, error);
                    }
                }
                return either(value, error);
            });
        }
        model.add(this);
    }

    /** As a thread does that needs the result: it may be handed the outcome, and complete the future itself. */
    private static Object await(CompletableFuture<Job.Result> future) {
        try {
            return either(future.get(), null);
        } catch (InterruptedException e) {
            return new Object(); // the world is gone
        } catch (ExecutionException | RuntimeException e) { // also what the JDK hears when it asks the error what it is
            return future.handle(SubmittedSingle::either).getNow(e);
        }
    }

    private static Object either(Object value, Throwable error) {
        return error == null ? new Object[] {value} : error;
    }

    /** Near the end of a stack: does nothing else that needs one. */
    void submitOrOverflow() {
        overflowed = true;
        future = Submitting.with(this, () -> model.target.pool().submit(job));
        overflowed = false;
    }

    /** Back where there is a stack. */
    void keepIfSubmitted() {
        if (future != null) {
            submitted();
        } else if (overflowed) {
            model.add(this);
        }
    }

    /** Null as long as it is not submitted. */
    CompletableFuture<Job.Result> future() {
        return future;
    }

    @Override
    CompletionStage<?> completion() {
        return overflowed ? CompletableFuture.completedFuture(null) : end;
    }

    @Override
    void cancel(SplittableRandom random) {
        cancelled = true;
        CompletableFuture<Job.Result> now = future;
        if (now != null) {
            now.cancel(random.nextBoolean());
        }
    }

    @Override
    boolean isTimed() {
        return model.scenario.jobTimeout.isPresent();
    }

    @Override
    boolean mayHalt() {
        return false;
    }

    @Override
    RetryPolicy retry() {
        return model.scenario.retry;
    }

    @Override
    void check() {
        if (overflowed) {
            return; // nobody knows whether it was accepted
        }
        Object ended = end.getNow("nothing");
        int calls = job.calls.get();
        if (future == null) {
            if (calls > 0) {
                find("a refused job has run", job.text());
            }
        } else if (ended instanceof Object[] result) {
            check(job, new Outcome.Succeeded<>(result[0], attemptOf(result[0])));
        } else if (ended instanceof Throwable error) {
            checkError(error);
        }
    }

    private int attemptOf(Object value) {
        return value instanceof Job.Result result ? result.attempt : job.lastAttempt();
    }

    private void checkError(Throwable error) {
        int last = job.lastAttempt();
        for (int attempt = last; attempt >= 1; attempt--) {
            if (isError(job.ends.get(Math.min(attempt, Scenario.MOST_ATTEMPTS)), error)) {
                check(job, new Outcome.Failed<>(error, attempt));
                return;
            }
        }
        if (error instanceof CancellationException) {
            if (!cancelled && !model.cancelling) {
                find("a job is cancelled, and nobody has asked for it", job.text());
            }
        } else if (error instanceof RejectedExecutionException) {
            check(job, new Outcome.Rejected<>(String.valueOf(error.getMessage())));
        } else if (error instanceof TimeoutException) {
            if (!isTimed()) {
                find("a job times out without a time-out", job.text());
            }
        } else {
            check(job, new Outcome.Failed<>(error, last));
        }
    }

    @Override
    String textOfOpen() {
        return job.text();
    }

    @Override
    String text() {
        return "single" + (cancelled ? " (cancelled)" : "") + (overflowed ? " (overflowed)" : "")
                + (inTime ? "" : " (late)");
    }
}
