package dev.workpool.bench.peer;

import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Resilience4j's {@link ThreadPoolBulkhead}, with room for all jobs in its queue. */
final class BulkheadPeer implements Peer {
    private static final int ROOM = 1 << 20;

    private final ThreadPoolBulkhead bulkhead;
    private final Work work;

    BulkheadPeer(int workers, Work work) {
        bulkhead = bulkhead(workers);
        this.work = work;
    }

    /** Its own says that it throws anything at all. */
    static void end(ThreadPoolBulkhead bulkhead) {
        try {
            bulkhead.close();
        } catch (Exception e) {
            throw new IllegalStateException("a bulkhead does not end", e);
        }
    }

    static ThreadPoolBulkhead bulkhead(int workers) {
        return ThreadPoolBulkhead.of(
                "bench",
                ThreadPoolBulkheadConfig.custom()
                        .maxThreadPoolSize(workers)
                        .coreThreadPoolSize(workers)
                        .queueCapacity(ROOM)
                        .build());
    }

    @Override
    public Object run(List<Integer> jobs) {
        List<CompletableFuture<Work.Result>> futures = new ArrayList<>(jobs.size());
        for (Integer job : jobs) {
            futures.add(bulkhead.submit(() -> work.run(job)).toCompletableFuture());
        }
        return SupplyAsync.joined(futures);
    }

    @Override
    public void close() {
        end(bulkhead);
    }
}
