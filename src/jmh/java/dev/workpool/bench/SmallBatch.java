package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * What a batch of 20 empty jobs costs a thread that waits for it, in turns with {@code invokeAll} of a fixed thread pool: one after another, and
 * with a millisecond between them, after which every thread has to be woken. And where that time goes, hop by hop.
 *
 * <p>{@code mvn -q test-compile exec:exec@bench -Dbenchmark=dev.workpool.bench.SmallBatch}. All times are medians in microseconds.
 */
public final class SmallBatch {
    private static final int WORKERS = 2;
    private static final List<Integer> JOBS = IntStream.range(0, 20).boxed().toList();
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int ROUNDS = 10;

    private SmallBatch() {}

    /** When the first job of a batch began, and the last ended. */
    private static final AtomicLong FIRST_NS = new AtomicLong();

    private static final AtomicLong LAST_NS = new AtomicLong();

    private static Integer timed(Integer job) {
        long nowNs = System.nanoTime();
        FIRST_NS.compareAndSet(0, nowNs);
        LAST_NS.accumulateAndGet(nowNs, Math::max);
        return job;
    }

    /**
     * Measures.
     *
     * @param arguments none
     * @throws Exception if a batch fails
     */
    public static void main(String[] arguments) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "small");
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                        system, WorkerPoolSettings.create(system, "small").withWorkers(WORKERS), (Integer job) -> job);
                WorkerPool<Integer, Integer> hops = WorkerPool.start(
                        system, WorkerPoolSettings.create(system, "hops").withWorkers(WORKERS), SmallBatch::timed)) {
            for (int round = 0; round < ROUNDS; round++) {
                inTurns(pool, threads, 3_000, 0);
                inTurns(pool, threads, 500, PAUSE_NS);
                hops(hops);
                wakeUp();
            }
        } finally {
            threads.shutdown();
            system.terminate();
        }
    }

    private static void inTurns(WorkerPool<Integer, Integer> pool, ExecutorService threads, int batches, long pauseNs)
            throws Exception {
        List<Callable<Integer>> tasks =
                JOBS.stream().map(job -> (Callable<Integer>) () -> job).toList();
        long[] ours = new long[batches];
        long[] theirs = new long[batches];
        for (int i = 0; i < batches; i++) {
            LockSupport.parkNanos(pauseNs);
            long begunNs = System.nanoTime();
            pool.submitAll(JOBS).result().toCompletableFuture().join();
            ours[i] = System.nanoTime() - begunNs;
            LockSupport.parkNanos(pauseNs);
            begunNs = System.nanoTime();
            threads.invokeAll(tasks);
            theirs[i] = System.nanoTime() - begunNs;
        }
        System.out.printf(
                "%-22s batch %6.1f   invokeAll %6.1f%n",
                pauseNs == 0 ? "one after another:" : "1 ms between them:", median(ours), median(theirs));
    }

    private static void hops(WorkerPool<Integer, Integer> pool) {
        int batches = 500;
        long[][] hops = new long[5][batches];
        for (int i = 0; i < batches; i++) {
            LockSupport.parkNanos(PAUSE_NS);
            FIRST_NS.set(0);
            LAST_NS.set(0);
            long begunNs = System.nanoTime();
            var told = pool.submitAll(JOBS)
                    .result()
                    .thenApply(result -> System.nanoTime()) // on the thread of the callback executor
                    .toCompletableFuture();
            long submittedNs = System.nanoTime();
            long toldNs = told.join();
            long[] times = {begunNs, submittedNs, FIRST_NS.get(), LAST_NS.get(), toldNs, System.nanoTime()};
            for (int hop = 0; hop < hops.length; hop++) {
                hops[hop][i] = times[hop + 1] - times[hop];
            }
        }
        System.out.printf(
                "hops: submitAll %.1f, to the first job (2 wake-ups) %.1f, jobs %.1f, to the callback (2) %.1f, to the caller (1) %.1f%n",
                Arrays.stream(hops).mapToDouble(SmallBatch::median).boxed().toArray());
    }

    /** A thread that has waited for a millisecond is handed something, and hands it back: two wake-ups. */
    private static void wakeUp() throws InterruptedException {
        SynchronousQueue<Integer> there = new SynchronousQueue<>();
        SynchronousQueue<Integer> back = new SynchronousQueue<>();
        int times = 500;
        Thread echo = new Thread(() -> {
            try {
                for (int i = 0; i < times; i++) {
                    back.put(there.take());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        echo.start();
        long[] trips = new long[times];
        for (int i = 0; i < times; i++) {
            LockSupport.parkNanos(PAUSE_NS);
            long begunNs = System.nanoTime();
            there.put(i);
            back.take();
            trips[i] = System.nanoTime() - begunNs;
        }
        echo.join();
        System.out.printf("two wake-ups of idle threads: %.1f%n", median(trips));
    }

    private static double median(long[] ns) {
        long[] sorted = ns.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e3;
    }
}
