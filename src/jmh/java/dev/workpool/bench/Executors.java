package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What a task costs that does nothing, by itself: handed to a pool, to an executor of ours and to the JDK's by one thread, in one process and in
 * turn, and waited for. The first argument is the number of rounds; prints medians.
 */
public final class Executors {
    private static final int TASKS = 500_000;
    private static final int WARM_UP = 5;
    private static final int WORKERS = 2;

    private Executors() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "pool").withWorkers(WORKERS), (Integer job) -> job);
        ExecutorService ours = PoolExecutor.start(
                system, WorkerPoolSettings.create(system, "executor").withWorkers(WORKERS));
        ExecutorService theirs =
                new ThreadPoolExecutor(WORKERS, WORKERS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        Map<String, Callable<Void>> contenders = new LinkedHashMap<>();
        contenders.put("WorkerPool.submit", () -> awaitAll(task -> pool.submit(task)));
        contenders.put("PoolExecutor.submit", () -> awaitAll(task -> ours.submit(() -> task)));
        contenders.put("ThreadPoolExecutor.submit", () -> awaitAll(task -> theirs.submit(() -> task)));
        contenders.put("PoolExecutor.execute", () -> execute(ours));
        contenders.put("ThreadPoolExecutor.execute", () -> execute(theirs));
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Map.Entry<String, Callable<Void>> contender : contenders.entrySet()) {
                long begun = System.nanoTime();
                contender.getValue().call();
                double each = (System.nanoTime() - begun) / (double) TASKS;
                if (round >= 0) {
                    nanos.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                            .add(each);
                }
            }
        }
        nanos.forEach((name, values) -> System.out.printf(
                "%-28s %6.0f ns a task%n",
                name,
                values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow()));
        theirs.shutdown();
        ours.shutdown();
        pool.close();
        system.terminate();
    }

    /** Submits a task. */
    private interface Submission {
        Future<Integer> submit(int task);
    }

    private static Void awaitAll(Submission submission) throws Exception {
        List<Future<Integer>> futures = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            futures.add(submission.submit(i));
        }
        for (Future<Integer> future : futures) {
            future.get();
        }
        return null;
    }

    private static Void execute(ExecutorService executor) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(TASKS);
        for (int i = 0; i < TASKS; i++) {
            executor.execute(done::countDown);
        }
        done.await();
        return null;
    }
}
