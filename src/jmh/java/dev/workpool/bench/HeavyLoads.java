package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Large things that a pool can be made to do; {@link ControlThread} measures what others notice of them. */
final class HeavyLoads {
    private static final int WORKERS = 20_000;
    private static final int VIRTUAL_WORKERS = 40_000;
    private static final int BATCHES = 20_000;
    private static final int CANCELLATIONS = 1_000;
    private static final int MANY = 2_000_000;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final double MS = 1e6;

    /** Something large: prepares it, and gives what is to be measured, which returns when it is over. */
    interface Heavy {
        Runnable prepare(ActorSystem<?> system) throws Exception;
    }

    static final Map<String, Heavy> ALL = new LinkedHashMap<>();

    static {
        ALL.put("nothing", system -> () -> LockSupport.parkNanos((long) (1_000 * MS)));
        ALL.put("start", HeavyLoads::start);
        ALL.put("virtual-start", system -> startAndRun(system, VIRTUAL_WORKERS, true));
        ALL.put("async-start", system -> startAndRun(system, WORKERS, false));
        ALL.put("platform-start", system -> startPlatform(system, 512));
        ALL.put("resize-up", system -> resize(system, 1, WORKERS));
        ALL.put("resize-down", system -> resize(system, WORKERS, 1));
        ALL.put("stop-workers", HeavyLoads::stopWorkers);
        ALL.put("pause", HeavyLoads::pause);
        ALL.put("abort-running", HeavyLoads::abortRunning);
        ALL.put("timeouts-running", HeavyLoads::timeoutsRunning);
        ALL.put("abort-singles", HeavyLoads::abortSingles);
        ALL.put("abort-batches", HeavyLoads::abortBatches);
        ALL.put("submit-batches", HeavyLoads::submitBatches);
        ALL.put("cancel-batches", HeavyLoads::cancelBatches);
        ALL.put("cancel-retries", HeavyLoads::cancelRetries);
        ALL.put("retries-due", HeavyLoads::retriesDue);
        ALL.put("cancel-running", HeavyLoads::cancelRunning);
        ALL.put("batch-timeout", system -> batchTimeouts(system, false));
        ALL.put("batch-timeouts", system -> batchTimeouts(system, true));
        ALL.put("complete-batches", HeavyLoads::completeBatches);
        ALL.put("cancel-large", HeavyLoads::cancelLarge);
        ALL.put("halt-large", HeavyLoads::haltLarge);
        ALL.put("drop-oldest", HeavyLoads::dropOldest);
        ALL.put("drop-large", HeavyLoads::dropLarge);
        ALL.put("reject-large", HeavyLoads::rejectLarge);
    }

    private HeavyLoads() {}

    static WorkerPoolSettings settings(ActorSystem<?> system, String name, int workers) {
        return WorkerPoolSettings.create(system, name)
                .withWorkers(workers)
                .withCancelGrace(FOR_EVER)
                .withCloseTimeout(FOR_EVER)
                .withCoordinatedShutdown(false);
    }

    private static <J> WorkerPool<J, Integer> pool(
            ActorSystem<?> system, int workers, JobHandler.Simple<J, Integer> handler) {
        return WorkerPool.start(system, settings(system, "heavy", workers), handler);
    }

    /** A pool whose jobs hang until they are cancelled. */
    private static WorkerPool<Integer, Integer> hanging(ActorSystem<?> system, int workers) {
        return WorkerPool.startAsync(system, settings(system, "heavy", workers), (job, context) -> {
            CompletableFuture<Integer> hangs = new CompletableFuture<>();
            context.onCancel(() -> hangs.complete(job));
            return hangs;
        });
    }

    private static List<Integer> jobs(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static Runnable start(ActorSystem<?> system) {
        return () -> hanging(system, WORKERS).stats().toCompletableFuture().join();
    }

    private static Runnable startAndRun(ActorSystem<?> system, int workers, boolean virtual) {
        List<Integer> jobs = jobs(workers);
        CountDownLatch all = new CountDownLatch(workers);
        CompletableFuture<Integer> end = new CompletableFuture<>();
        return () -> {
            WorkerPool<Integer, Integer> pool = virtual
                    ? WorkerPool.start(
                            system, settings(system, "heavy", workers).withVirtualThreads(true), job -> {
                                all.countDown();
                                return end.get();
                            })
                    : WorkerPool.startAsync(system, settings(system, "heavy", workers), (job, context) -> {
                        all.countDown();
                        return end;
                    });
            Batch<Integer> batch = pool.submitAll(jobs);
            await(all);
            end.complete(1);
            join(batch);
        };
    }

    private static Runnable startPlatform(ActorSystem<?> system, int workers) {
        List<Integer> jobs = jobs(workers);
        CountDownLatch all = new CountDownLatch(workers);
        CompletableFuture<Integer> end = new CompletableFuture<>();
        return () -> {
            WorkerPool<Integer, Integer> pool = pool(system, workers, job -> {
                all.countDown();
                return end.get();
            });
            Batch<Integer> batch = pool.submitAll(jobs);
            await(all);
            end.complete(1);
            join(batch);
        };
    }

    private static Runnable resize(ActorSystem<?> system, int from, int to) {
        WorkerPool<Integer, Integer> pool = hanging(system, from);
        awaitStats(pool, stats -> stats.workers() == from);
        return () -> {
            pool.resize(to);
            awaitStats(pool, stats -> stats.workers() == to);
        };
    }

    private static Runnable stopWorkers(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, WORKERS);
        Batch<Integer> batch = pool.submitAll(jobs(WORKERS));
        awaitStats(pool, stats -> stats.running() == WORKERS);
        batch.cancel();
        join(batch);
        return pool::close;
    }

    private static Runnable pause(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, WORKERS);
        pool.submitAll(jobs(4 * WORKERS));
        awaitStats(pool, stats -> stats.running() == WORKERS);
        return () -> {
            pool.pause();
            pool.resume();
            pool.pause();
            awaitStats(pool, stats -> true);
        };
    }

    private static Runnable abortRunning(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, WORKERS);
        pool.submitAll(jobs(2 * WORKERS));
        awaitStats(pool, stats -> stats.running() == WORKERS);
        return () -> pool.abort().toCompletableFuture().join();
    }

    private static Runnable timeoutsRunning(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, WORKERS);
        return () -> join(pool.submitAll(jobs(WORKERS), BatchOptions.defaults().withJobTimeout(Duration.ofSeconds(3))));
    }

    private static Runnable abortSingles(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        List<CompletableFuture<Integer>> futures = submit(pool, MANY);
        awaitStats(pool, stats -> stats.accepted() == MANY);
        return () -> {
            pool.abort().toCompletableFuture().join();
            awaitAll(futures);
        };
    }

    private static List<CompletableFuture<Integer>> submit(WorkerPool<Integer, Integer> pool, int count) {
        List<CompletableFuture<Integer>> futures = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            futures.add(pool.submit(i));
        }
        return futures;
    }

    private static void awaitAll(List<CompletableFuture<Integer>> futures) {
        for (CompletableFuture<Integer> future : futures) {
            while (!future.isDone()) {
                LockSupport.parkNanos((long) MS);
            }
        }
    }

    private static List<Batch<Integer>> submitBatches(
            WorkerPool<Integer, Integer> pool, BatchOptions options, int size) {
        List<Integer> jobs = jobs(size);
        List<Batch<Integer>> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(pool.submitAll(jobs, options));
        }
        return batches;
    }

    private static Runnable abortBatches(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        List<Batch<Integer>> batches = submitBatches(pool, BatchOptions.defaults(), 10);
        awaitStats(pool, stats -> stats.accepted() == 10 * BATCHES);
        return () -> {
            pool.abort().toCompletableFuture().join();
            batches.forEach(HeavyLoads::join);
        };
    }

    private static Runnable submitBatches(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        return () -> {
            submitBatches(pool, BatchOptions.defaults(), 10);
            awaitStats(pool, stats -> stats.accepted() == 10 * BATCHES);
        };
    }

    private static Runnable cancelBatches(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        List<Batch<Integer>> batches = submitBatches(pool, BatchOptions.defaults(), 10);
        awaitStats(pool, stats -> stats.accepted() == 10 * BATCHES);
        Collections.shuffle(batches, new Random(1));
        return () -> batches.subList(0, CANCELLATIONS).forEach(batch -> {
            batch.cancel();
            join(batch);
        });
    }

    private static WorkerPool<Integer, Integer> failing(ActorSystem<?> system, int workers, Duration backoff) {
        return WorkerPool.startAsync(
                system,
                settings(system, "heavy", workers)
                        .withRetry(RetryPolicy.attempts(2)
                                .withFixedBackoff(backoff)
                                .withJitter(false)),
                (job, context) -> CompletableFuture.failedFuture(new IllegalStateException("fails", null)));
    }

    private static Runnable cancelRetries(ActorSystem<?> system) {
        AtomicLong failed = new AtomicLong();
        WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings(system, "heavy", 2)
                        .withRetry(
                                RetryPolicy.attempts(2).withFixedBackoff(LONG).withJitter(false)),
                (job, context) -> {
                    failed.incrementAndGet();
                    return CompletableFuture.failedFuture(new IllegalStateException("fails"));
                });
        List<CompletableFuture<Integer>> futures = submit(pool, WORKERS);
        while (failed.get() < WORKERS) {
            LockSupport.parkNanos((long) MS);
        }
        LockSupport.parkNanos((long) (200 * MS)); // nobody says when they are parked
        Collections.shuffle(futures, new Random(1));
        return () -> {
            futures.subList(0, CANCELLATIONS).forEach(future -> future.cancel(true));
            awaitStats(pool, stats -> stats.cancelled() == CANCELLATIONS);
        };
    }

    /** All of them become due at about the same time. */
    private static Runnable retriesDue(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = failing(system, 2, Duration.ofSeconds(2));
        return () -> join(pool.submitAll(jobs(10 * WORKERS)));
    }

    private static Runnable cancelRunning(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, WORKERS);
        List<CompletableFuture<Integer>> futures = submit(pool, WORKERS);
        awaitStats(pool, stats -> stats.running() == WORKERS);
        Collections.shuffle(futures, new Random(1));
        return () -> {
            futures.subList(0, CANCELLATIONS).forEach(future -> future.cancel(true));
            awaitStats(pool, stats -> stats.cancelled() == CANCELLATIONS);
        };
    }

    /** One of many, or all of them at the same time. */
    private static Runnable batchTimeouts(ActorSystem<?> system, boolean all) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        Duration soon = Duration.ofSeconds(3);
        BatchOptions options = BatchOptions.defaults();
        List<Batch<Integer>> batches = new ArrayList<>();
        if (!all) {
            submitBatches(pool, options.withTimeout(LONG), 10);
            batches.add(pool.submitAll(jobs(10), options.withTimeout(soon)));
        } else {
            batches.addAll(submitBatches(pool, options.withTimeout(soon), 10));
        }
        return () -> batches.forEach(HeavyLoads::join);
    }

    /** Batches that have a time-out are over before it. */
    private static Runnable completeBatches(ActorSystem<?> system) {
        CountDownLatch begin = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = pool(system, 1, job -> {
            begin.await();
            return job;
        });
        List<Batch<Integer>> batches =
                submitBatches(pool, BatchOptions.defaults().withTimeout(LONG), 10);
        awaitStats(pool, stats -> stats.accepted() == 10 * BATCHES);
        return () -> {
            begin.countDown();
            batches.forEach(HeavyLoads::join);
        };
    }

    private static Runnable cancelLarge(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        Batch<Integer> batch = pool.submitAll(jobs(MANY));
        awaitStats(pool, stats -> stats.accepted() == MANY);
        return () -> {
            batch.cancel();
            join(batch);
        };
    }

    private static Runnable haltLarge(ActorSystem<?> system) {
        CountDownLatch begin = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = pool(system, 1, job -> {
            begin.await();
            throw new IllegalStateException("fails");
        });
        Batch<Integer> batch = pool.submitAll(
                jobs(MANY), BatchOptions.defaults().withHalt(HaltPolicy.now().failed(1)));
        awaitStats(pool, stats -> stats.accepted() == MANY);
        return () -> {
            begin.countDown();
            join(batch);
        };
    }

    /** Many batches have been granted and hang; each job that is handed in drops one of those behind them. */
    private static Runnable dropOldest(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings(system, "heavy", BATCHES).withQueueCapacity(1_000, WhenFull.DROP_OLDEST),
                (job, context) -> new CompletableFuture<Integer>());
        for (int i = 0; i < BATCHES; i++) {
            pool.submitAll(List.of(1));
            if (i % 500 == 0) {
                int batches = i + 1;
                awaitStats(pool, stats -> stats.running() == batches);
            }
        }
        awaitStats(pool, stats -> stats.running() == BATCHES);
        submit(pool, 1_000);
        List<Integer> two = jobs(2);
        return () -> {
            submit(pool, CANCELLATIONS);
            for (int i = 0; i < CANCELLATIONS; i++) {
                pool.submitAll(two);
            }
            awaitStats(pool, stats -> stats.rejected() >= 3 * CANCELLATIONS);
        };
    }

    private static Runnable dropLarge(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings(system, "heavy", 1).withQueueCapacity(MANY, WhenFull.DROP_OLDEST),
                (job, context) -> new CompletableFuture<Integer>());
        submit(pool, MANY);
        awaitStats(pool, stats -> stats.accepted() == MANY);
        List<Integer> jobs = jobs(MANY);
        return () -> {
            pool.submitAll(jobs);
            awaitStats(pool, stats -> stats.rejected() > MANY / 2);
        };
    }

    /** A batch that comes to a pool that is about to end. */
    private static Runnable rejectLarge(ActorSystem<?> system) {
        WorkerPool<Integer, Integer> pool = hanging(system, 1);
        pool.submit(1);
        pool.drain();
        List<Integer> jobs = jobs(MANY);
        return () -> join(pool.submitAll(jobs));
    }

    // Waiting

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Batch<Integer> batch) {
        batch.result().toCompletableFuture().join();
    }

    private static void awaitStats(WorkerPool<?, ?> pool, Predicate<PoolStats> condition) {
        while (!condition.test(pool.stats().toCompletableFuture().join())) {
            LockSupport.parkNanos((long) (5 * MS));
        }
    }
}
