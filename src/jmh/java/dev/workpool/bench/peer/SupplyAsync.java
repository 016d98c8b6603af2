package dev.workpool.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/** {@link CompletableFuture#supplyAsync} of each job on a fixed number of threads, and {@link CompletableFuture#allOf}. */
final class SupplyAsync implements Peer {
    private final ExecutorService threads;
    private final Work work;

    SupplyAsync(int workers, Work work) {
        threads = Threads.fixed(workers);
        this.work = work;
    }

    @Override
    public Object run(List<Integer> jobs) {
        List<CompletableFuture<Work.Result>> futures = new ArrayList<>(jobs.size());
        for (Integer job : jobs) {
            futures.add(CompletableFuture.supplyAsync(() -> work.run(job), threads));
        }
        return joined(futures);
    }

    /** Waits for all, then takes their results. */
    static List<Work.Result> joined(List<CompletableFuture<Work.Result>> futures) {
        CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])).join();
        List<Work.Result> results = new ArrayList<>(futures.size());
        for (CompletableFuture<Work.Result> future : futures) {
            results.add(future.join());
        }
        return results;
    }

    @Override
    public void close() {
        Threads.end(threads);
    }
}
