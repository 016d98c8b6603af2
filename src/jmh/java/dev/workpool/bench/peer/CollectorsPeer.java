package dev.workpool.bench.peer;

import com.pivovarit.collectors.ParallelCollectors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** The library parallel-collectors: a task for each job, or, "batching", one for each worker, which has its share of the list from the start. */
final class CollectorsPeer implements Peer {
    private final ExecutorService threads;
    private final int workers;
    private final Work work;
    private final boolean batching;

    CollectorsPeer(int workers, Work work, boolean batching) {
        threads = Threads.fixed(workers);
        this.workers = workers;
        this.work = work;
        this.batching = batching;
    }

    @Override
    public Object run(List<Integer> jobs) {
        return jobs.stream().collect(collector()).join();
    }

    /** A collector works once. */
    private Collector<Integer, ?, CompletableFuture<List<Work.Result>>> collector() {
        return batching
                ? ParallelCollectors.Batching.parallel(work::run, Collectors.toList(), threads, workers)
                : ParallelCollectors.parallel(work::run, Collectors.toList(), threads, workers);
    }

    @Override
    public void close() {
        Threads.end(threads);
    }
}
