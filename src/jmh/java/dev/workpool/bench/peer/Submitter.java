package dev.workpool.bench.peer;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Who takes single jobs, by the names that tables show. */
public enum Submitter {
    WORKER_POOL("WorkerPool"),
    POOL_EXECUTOR("PoolExecutor"),
    THREAD_POOL_EXECUTOR("ThreadPoolExecutor"),
    SUPPLY_ASYNC("supplyAsync"),
    VIRTUAL_THREADS("virtual threads, unbounded"),
    BULKHEAD("Resilience4j bulkhead");

    private final String label;

    Submitter(String label) {
        this.label = label;
    }

    /**
     * It runs.
     *
     * @param submit hands over a job, and gives what will have its result
     * @param executor what takes tasks of which nothing comes back, if it is one
     * @param end ends it
     */
    public record Started(IntFunction<Future<?>> submit, Optional<Executor> executor, Runnable end)
            implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    public String label() {
        return label;
    }

    public boolean isThere() {
        return this != VIRTUAL_THREADS || Threads.virtualOnes();
    }

    public Started start(int workers, Work work) {
        return switch (this) {
            case WORKER_POOL -> workerPool(workers, work);
            case POOL_EXECUTOR -> poolExecutor(workers, work);
            case THREAD_POOL_EXECUTOR -> threadPoolExecutor(workers, work);
            case SUPPLY_ASYNC -> supplyAsync(workers, work);
            case VIRTUAL_THREADS -> virtualThreads(work);
            case BULKHEAD -> bulkhead(workers, work);
        };
    }

    private static Started workerPool(int workers, Work work) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "submitter");
        WorkerPool<Integer, Work.Result> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "pool").withWorkers(workers), (Integer job) -> work.run(job));
        return new Started(pool::submit, Optional.empty(), () -> {
            pool.close();
            Threads.end(system);
        });
    }

    private static Started poolExecutor(int workers, Work work) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "submitter");
        PoolExecutor pool = PoolExecutor.start(
                system, WorkerPoolSettings.create(system, "executor").withWorkers(workers));
        return new Started(job -> pool.submit(() -> work.run(job)), Optional.of(pool), () -> {
            Threads.end((ExecutorService) pool);
            Threads.end(system);
        });
    }

    private static Started threadPoolExecutor(int workers, Work work) {
        ExecutorService threads = Threads.fixed(workers);
        return new Started(
                job -> threads.submit(() -> work.run(job)), Optional.of(threads), () -> Threads.end(threads));
    }

    private static Started supplyAsync(int workers, Work work) {
        ExecutorService threads = Threads.fixed(workers);
        return new Started(
                job -> CompletableFuture.supplyAsync(() -> work.run(job), threads),
                Optional.empty(),
                () -> Threads.end(threads));
    }

    /** As many at a time as there are jobs: the number of workers means nothing to it. */
    private static Started virtualThreads(Work work) {
        ExecutorService threads = Threads.virtual();
        return new Started(job -> threads.submit(() -> work.run(job)), Optional.empty(), () -> Threads.end(threads));
    }

    private static Started bulkhead(int workers, Work work) {
        ThreadPoolBulkhead bulkhead = BulkheadPeer.bulkhead(workers);
        return new Started(
                job -> bulkhead.submit(() -> work.run(job)).toCompletableFuture(),
                Optional.empty(),
                () -> BulkheadPeer.end(bulkhead));
    }
}
