package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * How long a job of one pool has to wait while another pool of the same actor system, and so of the same control thread, does something
 * large: round trips of single jobs, one after another, with a tenth of a millisecond in between. Besides, for machines that have other things to
 * do: the processor time that the control thread spends on other work before it comes to a task, at most; and the longest pause of the collector.
 *
 * <p>{@code mvn -q test-compile exec:exec@bench -Dbenchmark=dev.workpool.bench.ControlThread -Drounds=3}, and {@code -Dvariants=abort,halt} for some
 * only; on Java 21 or newer with virtual threads, for which {@code -Dbench.jvm} is there.
 */
public final class ControlThread {
    private static final double MS = 1e6;

    private ControlThread() {}

    /**
     * Measures each case several times.
     *
     * @param arguments how often, 3 by default; and which cases, with commas, or "all"
     * @throws Exception if one does not come to its end
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        boolean all = arguments.length < 2 || arguments[1].equals("all");
        Set<String> wanted = all ? HeavyLoads.ALL.keySet() : Set.of(arguments[1].split(","));
        Pauses pauses = new Pauses();
        measure("warm up", "async-start", pauses, false);
        measure("warm up", "cancel-batches", pauses, false);
        System.out.printf(
                "%-18s %10s %8s %10s %10s %10s %10s %10s%n",
                "", "took ms", "trips", "p50 ms", "p99 ms", "max ms", "work ms", "GC ms");
        for (String name : HeavyLoads.ALL.keySet()) {
            if (!wanted.contains(name)
                    || (name.startsWith("virtual") && Runtime.version().feature() < 21)) {
                continue;
            }
            for (int i = 0; i < rounds; i++) {
                measure(name, name, pauses, true);
            }
        }
    }

    private static void measure(String label, String name, Pauses pauses, boolean isShown) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "control");
        try {
            WorkerPool<Integer, Integer> other =
                    WorkerPool.start(system, HeavyLoads.settings(system, "other", 1), job -> job);
            Probe probe = new Probe(system, other);
            Thread trips = new Thread(probe::makeTrips, "trips");
            Thread work = new Thread(probe::measureWork, "work");
            Runnable action = HeavyLoads.ALL.get(name).prepare(system);
            System.gc();
            for (int i = 0; i < 2_000; i++) {
                other.submit(1).join();
            }
            pauses.reset();
            trips.start();
            work.start();
            LockSupport.parkNanos((long) (50 * MS));
            long begunNs = System.nanoTime();
            action.run();
            long tookNs = System.nanoTime() - begunNs;
            LockSupport.parkNanos((long) (200 * MS)); // what is done after all are told
            probe.isOver = true;
            trips.join();
            work.join();
            if (isShown) {
                probe.print(label, tookNs, pauses.longestMs());
            }
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    /** Keeps asking until it is told to stop, with two threads, so that both notice the same. */
    private static final class Probe {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private final WorkerPool<Integer, Integer> pool;
        private final Executor control;
        private final long controlThread;
        private long[] trips = new long[1 << 16];
        private int count;
        private long longestWorkNs;
        private volatile boolean isOver;

        Probe(ActorSystem<?> system, WorkerPool<Integer, Integer> pool) {
            this.pool = pool;
            this.control = system.dispatchers().lookup(DispatcherSelector.fromConfig("workpool.dispatchers.control"));
            this.controlThread = CompletableFuture.supplyAsync(
                            () -> Thread.currentThread().getId(), control)
                    .join();
        }

        void makeTrips() {
            while (!isOver) {
                long begunNs = System.nanoTime();
                pool.submit(1).join();
                trips = count == trips.length ? Arrays.copyOf(trips, 2 * count) : trips;
                trips[count++] = System.nanoTime() - begunNs;
                LockSupport.parkNanos((long) (0.1 * MS));
            }
        }

        void measureWork() {
            while (!isOver) {
                long before = THREADS.getThreadCpuTime(controlThread);
                long workNs = CompletableFuture.supplyAsync(THREADS::getCurrentThreadCpuTime, control)
                                .join()
                        - before;
                longestWorkNs = Math.max(longestWorkNs, workNs);
                LockSupport.parkNanos((long) (0.1 * MS));
            }
        }

        void print(String label, long tookNs, long longestPauseMs) {
            long[] sorted = Arrays.copyOf(trips, count);
            Arrays.sort(sorted);
            System.out.printf(
                    "%-18s %10.1f %8d %10.3f %10.3f %10.3f %10.3f %10d%n",
                    label,
                    tookNs / MS,
                    count,
                    sorted[count / 2] / MS,
                    sorted[(int) (count * 0.99)] / MS,
                    sorted[count - 1] / MS,
                    longestWorkNs / MS,
                    longestPauseMs);
        }
    }

    /** The longest time that the collector has stopped everything for. */
    private static final class Pauses {
        private final AtomicLong longestMs = new AtomicLong();

        Pauses() {
            ManagementFactory.getGarbageCollectorMXBeans()
                    .forEach(bean -> ((NotificationEmitter) bean)
                            .addNotificationListener(
                                    (notification, handback) -> {
                                        CompositeData data = (CompositeData) notification.getUserData();
                                        long ms = (Long) ((CompositeData) data.get("gcInfo")).get("duration");
                                        longestMs.accumulateAndGet(ms, Math::max);
                                    },
                                    null,
                                    null));
        }

        void reset() {
            longestMs.set(0);
        }

        long longestMs() {
            return longestMs.get();
        }
    }
}
