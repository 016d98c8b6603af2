package dev.workpool.bench.durable;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import java.io.BufferedReader;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs that come one by one, in one process that enqueues them and runs them, but for one figure of two: a durable queue beside db-scheduler and
 * beside a plain loop with SKIP LOCKED, on a PostgreSQL that syncs. Arguments: the number of rounds, and the workloads,
 * all of them unless told. Prints medians over the rounds.
 */
public final class SingleJobs {
    private static final double[] QUANTILES = {0.5, 0.99};

    private final Server server;
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();
    private final int jobs = Integer.getInteger("bench.jobs", 3_000);

    private SingleJobs(Server server) {
        this.server = server;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Set<String> workloads = args.length > 1 && !args[1].equals("all")
                ? Set.of(args[1].split(","))
                : Set.of("sequential", "callers", "batches", "stored", "elsewhere", "others");
        try (Server server = new Server()) {
            SingleJobs bench = new SingleJobs(server);
            for (int round = 0; round < rounds; round++) {
                bench.round(workloads);
                bench.print();
            }
        }
        System.exit(0);
    }

    private interface Kind {
        Contestant start(Contestant.Handler handler) throws Exception;
    }

    private void round(Set<String> workloads) throws Exception {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("workpool", handler -> new WorkpoolContestant(system, server, handler));
        kinds.put("db-scheduler", handler -> new DbSchedulerContestant(server, handler));
        kinds.put("skip locked", handler -> new RowsContestant(server, handler));
        for (Map.Entry<String, Kind> kind : kinds.entrySet()) {
            if (!workloads.contains("others") && !kind.getKey().equals("workpool")) {
                continue;
            }
            if (workloads.contains("sequential")) {
                callers(kind.getKey(), kind.getValue(), 1, jobs);
            }
            if (workloads.contains("callers")) {
                callers(kind.getKey(), kind.getValue(), 16, 4 * jobs);
            }
            if (workloads.contains("batches")) {
                batches(kind.getKey(), kind.getValue());
            }
        }
        if (workloads.contains("stored")) {
            stored();
        }
        if (workloads.contains("elsewhere")) {
            elsewhere();
        }
    }

    private void add(String figure, double value) {
        figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(value);
    }

    private void print() {
        figures.forEach((name, values) -> {
            List<Double> sorted = new ArrayList<>(values);
            Collections.sort(sorted);
            System.out.printf("%-58s %,12.2f   of %s%n", name, sorted.get(sorted.size() / 2), values);
        });
        System.out.println();
    }

    private void clear() throws SQLException {
        server.execute("DROP SCHEMA IF EXISTS public CASCADE");
        server.execute("CREATE SCHEMA public");
        server.execute("CHECKPOINT");
    }

    private static byte[] job(int number) {
        return ByteBuffer.allocate(100).putInt(number).array();
    }

    /** Each enqueues a job, waits until its handler has run, and enqueues the next. */
    private void callers(String name, Kind kind, int callers, int total) throws Exception {
        clear();
        Semaphore[] ran = new Semaphore[callers];
        Arrays.setAll(ran, i -> new Semaphore(0));
        try (Contestant queue = kind.start(job -> ran[ByteBuffer.wrap(job).getInt()].release())) {
            for (boolean counts : new boolean[] {false, true}) {
                long transactions = counts ? transactions() : 0;
                long beganNs = System.nanoTime();
                CountDownLatch done = new CountDownLatch(callers);
                for (int i = 0; i < callers; i++) {
                    int number = i;
                    new Thread(() -> {
                                try {
                                    for (int n = 0; n < total / callers; n++) {
                                        queue.enqueue(job(number));
                                        ran[number].acquire();
                                    }
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                } finally {
                                    done.countDown();
                                }
                            })
                            .start();
                }
                done.await();
                if (counts) {
                    String figure = name + ", " + callers + (callers == 1 ? " caller" : " callers");
                    add(figure + ", jobs a second", total / ((System.nanoTime() - beganNs) / 1e9));
                    add(figure + ", transactions a job", (transactions() - transactions) / (double) total);
                }
            }
        }
    }

    /** Commits of the server; sessions report theirs within a second. */
    private long transactions() throws SQLException {
        LockSupport.parkNanos(1_500_000_000L);
        return Long.parseLong(
                server.text("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"));
    }

    /** Batches of a hundred, one after another, each of which is waited for. */
    private void batches(String name, Kind kind) throws Exception {
        clear();
        int size = 100;
        int batches = 300;
        Semaphore ran = new Semaphore(0);
        try (Contestant queue = kind.start(job -> ran.release())) {
            for (boolean counts : new boolean[] {false, true}) {
                long beganNs = System.nanoTime();
                for (int i = 0; i < batches; i++) {
                    queue.enqueueAll(job(i), size);
                    ran.acquire(size);
                }
                if (counts) {
                    add(
                            name + ", batches of 100, jobs a second",
                            size * batches / ((System.nanoTime() - beganNs) / 1e9));
                }
            }
        }
    }

    /**
     * How long it takes until a job is stored, beside a plain insert that is committed, in turn; from there to the
     * handler's first instruction; and to the outcome.
     */
    private void stored() throws Exception {
        clear();
        AtomicInteger runs = new AtomicInteger();
        long[] begun = new long[2 * jobs];
        try (WorkpoolContestant queue = new WorkpoolContestant(
                        system, server, job -> begun[runs.getAndIncrement()] = System.nanoTime());
                Connection connection = server.connect()) {
            RowsQueue.create(connection);
            RowsQueue rows = new RowsQueue(connection);
            double[] inserts = new double[jobs];
            double[] stored = new double[jobs];
            double[] begins = new double[jobs];
            double[] outcomes = new double[jobs];
            for (int i = 0; i < 2 * jobs; i++) {
                long atNs = System.nanoTime();
                rows.enqueue(job(0), 1);
                long insertedNs = System.nanoTime();
                var job = queue.queue().enqueue(job(0)).get();
                long storedNs = System.nanoTime();
                CompletionStage<?> outcome = job.outcome();
                outcome.toCompletableFuture().get();
                long endedNs = System.nanoTime();
                if (i >= jobs) {
                    inserts[i - jobs] = (insertedNs - atNs) / 1e6;
                    stored[i - jobs] = (storedNs - insertedNs) / 1e6;
                    begins[i - jobs] = (begun[i] - storedNs) / 1e6;
                    outcomes[i - jobs] = (endedNs - insertedNs) / 1e6;
                }
            }
            quantiles("a row inserted and committed, ms", inserts);
            quantiles("enqueue(job).get(), ms", stored);
            quantiles("from its return to the handler's begin, ms", begins);
            quantiles("from enqueue to the outcome, ms", outcomes);
        }
    }

    /** Enqueued here, run in another process, one after another. */
    private void elsewhere() throws Exception {
        clear();
        Process worker = WorkerProcess.start("queue", server.url(), "2");
        try (JobStore store = JobStore.postgres(server.url(), "postgres", "");
                BufferedReader begun = worker.inputReader()) {
            DurableQueue<byte[]> queue = DurableQueue.open(
                    system, store, QueueSettings.create(system, "bench"), JobCodec.bytes(), QueueOrder.byPriority());
            begun.readLine();
            double[] begins = new double[jobs];
            for (int i = 0; i < 2 * jobs; i++) {
                byte[] job = job(0);
                job[0] = WorkerProcess.TELLS;
                queue.enqueue(job).get();
                long storedUs = WorkerProcess.nowUs();
                long begunUs = Long.parseLong(begun.readLine());
                if (i >= jobs) {
                    begins[i - jobs] = (begunUs - storedUs) / 1e3;
                }
            }
            quantiles("from its return to the begin in another process, ms", begins);
        } finally {
            worker.destroy();
        }
    }

    private void quantiles(String name, double[] values) {
        Arrays.sort(values);
        for (double quantile : QUANTILES) {
            add(name + ", p" + Math.round(100 * quantile), values[(int) (quantile * (values.length - 1))]);
        }
    }
}
