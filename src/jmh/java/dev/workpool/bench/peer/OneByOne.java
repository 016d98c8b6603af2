package dev.workpool.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** {@link ExecutorService#submit} of each job, then {@link Future#get} of each: what most programs do. */
final class OneByOne implements Peer {
    private final ExecutorService threads;
    private final Work work;

    OneByOne(int workers, Work work) {
        threads = Threads.fixed(workers);
        this.work = work;
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        List<Future<Work.Result>> futures = new ArrayList<>(jobs.size());
        for (Integer job : jobs) {
            futures.add(threads.submit(() -> work.run(job)));
        }
        return results(futures);
    }

    /** Waits for each. */
    static List<Work.Result> results(List<Future<Work.Result>> futures) throws Exception {
        List<Work.Result> results = new ArrayList<>(futures.size());
        for (Future<Work.Result> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    @Override
    public void close() {
        Threads.end(threads);
    }
}
