package dev.workpool.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** A virtual thread for each job. The bound is a semaphore: the submitter takes a permit before each, the job gives it back. */
final class VirtualThreads implements Peer {
    private final ExecutorService threads = Threads.virtual();
    private final Semaphore permits;
    private final Work work;

    VirtualThreads(int workers, Work work) {
        permits = new Semaphore(workers);
        this.work = work;
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        List<Future<Work.Result>> futures = new ArrayList<>(jobs.size());
        for (Integer job : jobs) {
            permits.acquire();
            futures.add(threads.submit(() -> {
                try {
                    return work.run(job);
                } finally {
                    permits.release();
                }
            }));
        }
        return OneByOne.results(futures);
    }

    @Override
    public void close() {
        Threads.end(threads);
    }
}
