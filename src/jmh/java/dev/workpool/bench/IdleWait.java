package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.PoolExecutor;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a job waits while a worker is idle, on an executor of a pool and on a {@link ThreadPoolExecutor} of as many threads. The
 * first argument is the number of rounds, 200 unless told. Prints a line for each way in which jobs come and each executor: the
 * median, the 99th percentile and the longest wait of a job in microseconds, of which only the time counts in which fewer jobs
 * ran than there are workers.
 *
 * <p>Each round begins with many tasks that cost next to nothing, which lets a pool expect more of the same.
 */
public final class IdleWait {
    private static final int WORKERS = 8;
    private static final int CHEAP_TASKS = 20_000;
    private static final int PARETO_TASKS = 64;
    private static final int WARM_UP_ROUNDS = 20;

    /** Of a Pareto distribution whose variance is infinite: 20 µs at least, 50 ms at most. */
    private static final double PARETO_SHAPE = 1.1;

    private static final double PARETO_LEAST_NS = 20_000;
    private static final double PARETO_MOST_NS = 50_000_000;

    private IdleWait() {}

    /** What one task went through. */
    private static final class Task {
        private final long submittedNs = System.nanoTime();
        private volatile long begunNs;
        private volatile long endedNs;
    }

    /** A way in which jobs come, after the cheap ones. */
    private enum Arrival {
        /** As many as workers, which wait for each other. */
        DEPENDENT {
            @Override
            void await(CyclicBarrier barrier, long ns) throws Exception {
                barrier.await(1, TimeUnit.MINUTES);
            }
        },
        /** As many as workers, of a millisecond each. */
        BURST {
            @Override
            void await(CyclicBarrier barrier, long ns) {
                LockSupport.parkNanos(1_000_000);
            }
        },
        /** More than workers, most of them short and a few very long. */
        PARETO {
            @Override
            void await(CyclicBarrier barrier, long ns) {
                LockSupport.parkNanos(ns);
            }
        };

        abstract void await(CyclicBarrier barrier, long ns) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        System.out.printf(
                "%-10s %-28s %10s %10s %10s%n", "", "waits beside idle workers", "p50 µs", "p99 µs", "max µs");
        for (Arrival arrival : Arrival.values()) {
            ThreadPoolExecutor threads =
                    new ThreadPoolExecutor(WORKERS, WORKERS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            measure(arrival, "ThreadPoolExecutor", threads, rounds);
            threads.shutdown();
            for (boolean virtual : Runtime.version().feature() >= 21 ? new boolean[] {false, true} : new boolean[1]) {
                try (PoolExecutor pool = PoolExecutor.start(
                        system,
                        WorkerPoolSettings.create(system, "pool")
                                .withWorkers(WORKERS)
                                .withVirtualThreads(virtual))) {
                    measure(arrival, virtual ? "PoolExecutor, virtual" : "PoolExecutor, platform", pool, rounds);
                }
            }
        }
        system.terminate();
    }

    private static void measure(Arrival arrival, String name, ExecutorService executor, int rounds) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        int perRound = arrival == Arrival.PARETO ? PARETO_TASKS : WORKERS;
        double[] waits = new double[rounds * perRound];
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Task[] tasks = round(arrival, executor, perRound, random);
            if (round >= 0) {
                System.arraycopy(waitsBesideIdle(tasks), 0, waits, round * perRound, perRound);
            }
        }
        Arrays.sort(waits);
        System.out.printf(
                "%-10s %-28s %10.0f %10.0f %10.0f%n",
                arrival.name().toLowerCase(java.util.Locale.ROOT),
                name,
                waits[waits.length / 2],
                waits[(int) (waits.length * 0.99)],
                waits[waits.length - 1]);
    }

    private static Task[] round(Arrival arrival, ExecutorService executor, int count, SplittableRandom random)
            throws Exception {
        CountDownLatch cheap = new CountDownLatch(CHEAP_TASKS);
        for (int i = 0; i < CHEAP_TASKS; i++) {
            executor.execute(cheap::countDown);
        }
        cheap.await();
        LockSupport.parkNanos(2_000_000); // all workers are idle by now
        CyclicBarrier barrier = new CyclicBarrier(WORKERS);
        CountDownLatch ended = new CountDownLatch(count);
        Task[] tasks = new Task[count];
        for (int i = 0; i < count; i++) {
            long ns =
                    (long) Math.min(PARETO_MOST_NS, PARETO_LEAST_NS / Math.pow(random.nextDouble(), 1 / PARETO_SHAPE));
            Task task = new Task();
            tasks[i] = task;
            executor.execute(() -> {
                task.begunNs = System.nanoTime();
                try {
                    arrival.await(barrier, ns);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                } finally {
                    task.endedNs = System.nanoTime();
                    ended.countDown();
                }
            });
        }
        if (!ended.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("tasks do not end");
        }
        return tasks;
    }

    /** For each task the time between its submission and its beginning in which fewer tasks ran than there are workers, in µs. */
    private static double[] waitsBesideIdle(Task[] tasks) {
        record Event(long atNs, int running) {}
        Event[] events = new Event[2 * tasks.length];
        for (int i = 0; i < tasks.length; i++) {
            events[2 * i] = new Event(tasks[i].begunNs, 1);
            events[2 * i + 1] = new Event(tasks[i].endedNs, -1);
        }
        Arrays.sort(events, Comparator.comparingLong(Event::atNs));
        double[] waits = new double[tasks.length];
        for (int i = 0; i < tasks.length; i++) {
            long idleNs = 0;
            long fromNs = tasks[i].submittedNs;
            int running = 0;
            for (Event event : events) {
                long toNs = Math.min(event.atNs, tasks[i].begunNs);
                if (toNs > fromNs) {
                    idleNs += running < WORKERS ? toNs - fromNs : 0;
                    fromNs = toNs;
                }
                if (event.atNs >= tasks[i].begunNs) {
                    break;
                }
                running += event.running;
            }
            waits[i] = idleNs / 1e3;
        }
        return waits;
    }
}
