package dev.workpool.internal.worker;

import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Runs jobs for the thread that submits them, which waits for their ends. Thread-safe. */
public final class CallerRuns<J, R> {
    /** What a handler sees as its worker's index. */
    private static final int NO_WORKER = -1;

    private final Runner.Factory<J, R> runners;
    private final RetryPolicy retry;
    private final LongSupplier clock;
    private final TestHarness harness;

    /**
     * For one pool.
     *
     * @param runners the pool's
     * @param retry the pool's
     * @param clock the pool's
     * @param harness goes on while a test waits
     */
    public CallerRuns(Runner.Factory<J, R> runners, RetryPolicy retry, LongSupplier clock, TestHarness harness) {
        this.harness = harness;
        this.runners = runners;
        this.retry = retry;
        this.clock = clock;
    }

    /** Runs a job that was submitted by itself, and is not tried again. */
    public Outcomes<R> run(J job) {
        return run(job, JobPolicy.NONE, null, 0);
    }

    /**
     * Runs a job of a batch once; the pool may try it again.
     *
     * @param job the job
     * @param options the batch's
     * @param label names the batch
     * @param index of the job in the batch
     */
    public Outcomes<R> run(J job, BatchOptions options, Label label, long index) {
        return run(job, JobPolicy.ofCaller(options.retry().orElse(retry), options.startCheck()), label, index);
    }

    private Outcomes<R> run(J job, JobPolicy policy, Label label, long index) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runner<J, R> runner = runners.create(NO_WORKER, new Runner.Reports<>() {
            @Override
            public void done(Task<J, R> task, long elapsedNs) {
                done.complete(null);
            }

            @Override
            public void broken(Throwable fault) {
                done.completeExceptionally(fault);
            }
        });
        Slice.BatchRef<R> nobody = new Slice.BatchRef<>(-1, null, policy, label);
        Task<J, R> task = new Task<>(new Slice<>(nobody, index, new Object[] {job}, 0, 1, 1), clock);
        runner.runHere(task);
        try {
            if (harness.isOneThread()) {
                harness.goOnUntil(done::isDone);
            }
            done.join();
        } finally {
            runner.shutdown();
        }
        return task.chunk.outcomes();
    }
}
