package dev.workpool.fuzz;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Handlers that leave no memory to anybody, for some milliseconds, in a JVM of its own with a small heap: each of their jobs has its outcome all
 * the same. Says so with its exit status. Arguments: the first seed, and how many.
 */
final class SmallHeap {
    private static final int LARGEST = 1 << 20;
    private static final int HOLDERS = 8;

    /** What is held, a list for each handler that eats at a time: an array in an array in an array. */
    private static final Object[][] HELD = new Object[HOLDERS][];

    private static volatile int held;

    /** Made while there is memory. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // for when there is none
    private static final OutOfMemoryError OWN = new OutOfMemoryError("of the handler");

    /** Where handlers wait until all is submitted. */
    private static final class Gate {
        static volatile CountDownLatch now;
    }

    private SmallHeap() {}

    public static void main(String[] arguments) throws Exception {
        long first = Long.parseLong(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        ActorSystem<Void> system = start();
        for (int i = -2; i < rounds; i++) { // two that eat nothing load the classes
            String problem = play(system, first + i, i < 0);
            if (problem != null) {
                System.out.println("seed " + (first + i) + ": " + problem);
            }
            if (problem != null && isAlive(system)) {
                Runtime.getRuntime().halt(1);
            } else if (!isAlive(system)) { // a thread of Akka's own has had no memory
                System.out.println(i + " rounds from seed " + first + ", then the actor system died");
                Runtime.getRuntime().halt(0);
            }
        }
        System.out.println(rounds + " rounds from seed " + first);
        Runtime.getRuntime().halt(0);
    }

    /** Whether the actor system does what it is asked: a pool that has nothing to do with the others, with a job that is tried again. */
    private static boolean isAlive(ActorSystem<?> system) {
        try {
            return CompletableFuture.supplyAsync(() -> trial(system))
                            .thenCompose(result -> result)
                            .get(5, TimeUnit.SECONDS)
                    == 1;
        } catch (Exception e) {
            return false;
        }
    }

    private static CompletableFuture<Integer> trial(ActorSystem<?> system) {
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "alive-" + System.nanoTime())
                .withWorkers(1)
                .withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(1)));
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job, JobContext context) -> {
            if (context.attempt() == 1) {
                throw new IllegalStateException("once more");
            }
            return job;
        });
        CompletableFuture<Integer> result = pool.submit(1);
        pool.drain();
        return result;
    }

    private static ActorSystem<Void> start() {
        return ActorSystem.create(
                Behaviors.empty(),
                "small",
                ConfigFactory.parseString(
                                "akka.jvm-exit-on-fatal-error = off, akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.coordinated-shutdown.run-by-jvm-shutdown-hook = off")
                        .withFallback(ConfigFactory.load()));
    }

    private static String play(ActorSystem<?> system, long seed, boolean calm) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int workers = 1 + random.nextInt(3);
        int eaters = calm ? 0 : 1 + random.nextInt(3);
        boolean retried = random.nextInt(3) == 0;
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "heap-" + seed)
                .withWorkers(workers)
                .withRetry(
                        retried
                                ? RetryPolicy.attempts(2)
                                        .withFixedBackoff(Duration.ofMillis(1))
                                        .retryOn(Throwable.class)
                                : RetryPolicy.never());
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> handle(job, eaters));
        CountDownLatch gate = new CountDownLatch(1);
        Gate.now = gate;
        List<Integer> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.add(i);
        }
        CompletableFuture<?> ended = system.getWhenTerminated().toCompletableFuture();
        Batch<Integer> batch = pool.submitAll(jobs);
        CompletableFuture<Integer> single = pool.submit(eaters - 1);
        CompletableFuture<?> result = batch.result().toCompletableFuture();
        gate.countDown(); // from here on this thread makes nothing
        long begun = System.nanoTime();
        int patience = 1 << (6 + random.nextInt(14));
        while (!(result.isDone() && single.isDone())
                && !ended.isDone()
                && System.nanoTime() - begun < Watch.BOUND.toNanos()) {
            LockSupport.parkNanos(100_000);
            if (held > 0) {
                for (int i = 0; i < patience; i++) { // turns, not time, of which collections take much
                    Thread.onSpinWait();
                }
                release();
            }
        }
        release();
        String problem = check(batch, single, jobs.size());
        if (!ended.isDone() && problem == null) {
            pool.close();
        }
        return problem;
    }

    private static String check(Batch<Integer> batch, CompletableFuture<Integer> single, int jobs) {
        BatchResult<Integer> result = batch.result().toCompletableFuture().getNow(null);
        if (result == null) {
            return "the batch does not complete: " + batch.progress();
        }
        return result.size() != jobs
                ? "outcomes: " + result
                : single.isDone() ? null : "the single job does not complete";
    }

    /** The first few jobs eat all memory and leave it eaten when they fail. */
    private static Integer handle(int job, int eaters) throws InterruptedException {
        if (job < eaters) {
            Gate.now.await();
            eat(job % HOLDERS);
            held = 1;
            throw OWN;
        }
        return job;
    }

    private static void eat(int holder) {
        Object[] last = null;
        for (int size = LARGEST; size >= 2; size /= 2) {
            try {
                while (true) {
                    Object[] next = new Object[size];
                    next[0] = last;
                    last = next;
                    HELD[holder] = last;
                }
            } catch (OutOfMemoryError e) {
                // On with less.
            }
        }
    }

    private static void release() {
        held = 0;
        for (int i = 0; i < HOLDERS; i++) {
            HELD[i] = null;
        }
    }
}
