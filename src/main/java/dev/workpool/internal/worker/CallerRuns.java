package dev.workpool.internal.worker;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import java.util.concurrent.CompletableFuture;

/** Runs jobs for the thread that submits them, which waits for their ends. Thread-safe. */
public final class CallerRuns<J, R> {
    /** What a handler sees as its worker's index. */
    private static final int NO_WORKER = -1;

    private final Runner.Factory<J, R> runners;

    public CallerRuns(Runner.Factory<J, R> runners) {
        this.runners = runners;
    }

    /** Runs one job once. */
    public Outcomes<R> run(J job) {
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
        Slice.BatchRef<R> nobody = new Slice.BatchRef<>(-1, null, JobPolicy.NONE);
        Task<J, R> task = new Task<>(new Slice<>(nobody, 0, new Object[] {job}, 0, 1, 1), () -> 0);
        runner.runHere(task);
        done.join();
        return task.chunk.outcomes();
    }
}
