package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.bench.peer.Threads;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A million jobs wait, and every worker is in one that would take an hour: how long until all of them have ended, with an outcome each. An executor
 * is stopped for it, since it has no batches: what {@link ThreadPoolExecutor#shutdownNow} gives back has to be cancelled one by one, or those
 * that wait for it do so for ever.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0)
public class CancelBenchmark {
    private static final int WORKERS = 8;

    /** Who is cancelled. */
    public enum Cancelled {
        BATCH,
        THREAD_POOL_EXECUTOR
    }

    @Param("BATCH")
    public Cancelled cancelled;

    @Param("1000000")
    public int jobs;

    private List<Integer> input;
    private ActorSystem<Void> system;
    private WorkerPool<Integer, Integer> pool;
    private CountDownLatch running;
    private Batch<Integer> batch;
    private ThreadPoolExecutor executor;
    private Future<?>[] futures;

    @Setup(Level.Trial)
    public void start() {
        input = IntStream.range(0, jobs).boxed().toList();
        system = ActorSystem.create(Behaviors.empty(), "cancel");
        pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "cancel").withWorkers(WORKERS), (Integer job) -> work(job));
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        pool.close();
        Threads.end(system);
    }

    @Setup(Level.Invocation)
    public void queue() throws InterruptedException {
        running = new CountDownLatch(WORKERS);
        if (cancelled == Cancelled.BATCH) {
            batch = pool.submitAll(input);
        } else {
            executor = Threads.fixed(WORKERS);
            futures = new Future<?>[jobs];
            for (int i = 0; i < jobs; i++) {
                int job = i;
                futures[i] = executor.submit(() -> work(job));
            }
        }
        running.await();
    }

    private int work(int job) throws InterruptedException {
        running.countDown();
        TimeUnit.HOURS.sleep(1);
        return job;
    }

    @Benchmark
    public Object run() throws Exception {
        if (cancelled == Cancelled.BATCH) {
            batch.cancel();
            return batch.result().toCompletableFuture().get();
        }
        for (Runnable task : executor.shutdownNow()) {
            ((Future<?>) task).cancel(false);
        }
        executor.awaitTermination(1, TimeUnit.MINUTES);
        return futures;
    }
}
