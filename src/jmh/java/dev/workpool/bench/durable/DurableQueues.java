package dev.workpool.bench.durable;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Durable queues beside a row for each job, on a real PostgreSQL that syncs, and beside a bare log that syncs. Arguments:
 * the number of rounds, and the workloads, all of them unless told. Prints medians.
 */
public final class DurableQueues {
    private static final byte[] JOB = new byte[100];
    private static final int JOBS = 1_000_000;

    private final Server server;
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    private DurableQueues(Server server) {
        this.server = server;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Set<String> workloads = args.length > 1 && !args[1].equals("all")
                ? Set.of(args[1].split(","))
                : Set.of("segments", "crowd", "rows", "single-rows", "singles", "latency", "long", "sqlite");
        try (Server server = new Server()) {
            DurableQueues bench = new DurableQueues(server);
            for (int round = 0; round < rounds; round++) {
                bench.round(workloads);
                bench.print();
            }
        }
        System.exit(0);
    }

    private void round(Set<String> workloads) throws Exception {
        if (workloads.contains("segments")) {
            segments();
        }
        if (workloads.contains("crowd")) {
            crowd();
        }
        if (workloads.contains("rows")) {
            rows(JOBS / 4, 1_000, 2, 1_000);
        }
        if (workloads.contains("single-rows")) {
            rows(10_000, 1, 20, 1);
        }
        if (workloads.contains("singles")) {
            singles(1_000, 200);
        }
        if (workloads.contains("latency")) {
            latency();
        }
        if (workloads.contains("long")) {
            longOnes();
        }
        if (workloads.contains("sqlite")) {
            sqlite();
        }
    }

    private void add(String figure, double value) {
        figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(value);
    }

    private void print() {
        figures.forEach((name, values) -> {
            List<Double> sorted = new ArrayList<>(values);
            Collections.sort(sorted);
            System.out.printf("%-50s %,14.2f   of %s%n", name, sorted.get(sorted.size() / 2), values);
        });
        System.out.println();
    }

    private JobStore freshStore() throws SQLException {
        server.execute("DROP SCHEMA IF EXISTS public CASCADE");
        server.execute("CREATE SCHEMA public");
        server.execute("CHECKPOINT");
        return JobStore.postgres(server.url(), "postgres", "");
    }

    private DurableQueue<byte[]> open(JobStore store) {
        return DurableQueue.open(
                system, store, QueueSettings.create(system, "bench"), JobCodec.bytes(), QueueOrder.byPriority());
    }

    private List<Process> startWorkers(int processes, String... arguments) throws IOException {
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            workers.add(WorkerProcess.start(arguments));
        }
        for (Process worker : workers) {
            new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
        return workers;
    }

    private static void stop(List<Process> workers) throws Exception {
        for (Process worker : workers) {
            worker.getOutputStream().close();
        }
        for (Process worker : workers) {
            worker.waitFor();
        }
    }

    /** Enqueued by this process, worked on by two others meanwhile. */
    private void segments() throws Exception {
        try (JobStore store = freshStore()) {
            endToEnd(open(store), "segments");
        }
    }

    /**
     * The same in a database where much else is: a snapshot that somebody holds open, a million jobs that are not due, a
     * thousand queues, and a hundred connections.
     */
    private void crowd() throws Exception {
        List<Connection> others = new ArrayList<>();
        try (JobStore store = freshStore()) {
            DurableQueue<byte[]> queue = open(store);
            queue.enqueueAll(
                            Collections.nCopies(JOBS, JOB),
                            EnqueueOptions.defaults().withDelay(Duration.ofHours(1)))
                    .join();
            for (int i = 0; i < 1_000; i++) {
                QueueSettings settings = QueueSettings.create(system, "other-" + i);
                DurableQueue.open(system, store, settings, JobCodec.bytes(), QueueOrder.byPriority())
                        .enqueueAll(Collections.nCopies(10, JOB))
                        .join();
            }
            for (int i = 0; i < 100; i++) {
                others.add(server.connect());
            }
            Connection snapshot = others.get(0);
            snapshot.setAutoCommit(false);
            snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = snapshot.createStatement()) {
                statement.execute("SELECT count(*) FROM workpool_segment");
            }
            endToEnd(queue, "crowd");
        } finally {
            for (Connection other : others) {
                other.close();
            }
        }
    }

    private void endToEnd(DurableQueue<byte[]> queue, String name) throws Exception {
        List<Process> workers = startWorkers(2, "queue", server.url(), "2");
        enqueueAndAwait(queue, JOBS / 2); // until all of it is compiled
        server.execute("CHECKPOINT");
        long logged = server.logged();
        double processor = server.processorSeconds();
        long began = System.nanoTime();
        enqueueAndAwait(queue, JOBS);
        double seconds = (System.nanoTime() - began) / 1e9;
        add(name + ", jobs a second, end to end", JOBS / seconds);
        add(name + ", bytes of log a job beyond its own", (server.logged() - logged) / (double) JOBS - JOB.length);
        add(name + ", server's processor time a job, µs", (server.processorSeconds() - processor) / JOBS * 1e6);
        stop(workers);
    }

    private static void enqueueAndAwait(DurableQueue<byte[]> queue, int jobs) throws Exception {
        int atOnce = 50_000;
        List<CompletableFuture<DurableBatch>> batches = new ArrayList<>();
        for (int i = 0; i < jobs / atOnce; i++) {
            batches.add(queue.enqueueAll(Collections.nCopies(atOnce, JOB), EnqueueOptions.defaults()));
        }
        for (CompletableFuture<DurableBatch> batch : batches) {
            batch.join().ended().toCompletableFuture().join();
        }
    }

    private void rows(int jobs, int enqueuedAtOnce, int connections, int claimedAtOnce) throws Exception {
        try (Connection connection = server.connect()) {
            RowsQueue.create(connection);
        }
        server.execute("CHECKPOINT");
        List<Process> workers = startWorkers(
                2, "rows", server.url(), String.valueOf(Math.max(1, connections / 2)), String.valueOf(claimedAtOnce));
        long logged = server.logged();
        double processor = server.processorSeconds();
        long began = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        for (int i = 0; i < connections; i++) {
            threads.execute(() -> {
                try (Connection connection = server.connect()) {
                    RowsQueue rows = new RowsQueue(connection);
                    for (int n = 0; n < jobs / connections; n += enqueuedAtOnce) {
                        rows.enqueue(JOB, enqueuedAtOnce);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        threads.shutdown();
        threads.awaitTermination(10, java.util.concurrent.TimeUnit.MINUTES);
        while (!server.text("SELECT count(*) FROM (SELECT 1 FROM job_rows LIMIT 1) one")
                .equals("0")) {
            LockSupport.parkNanos(2_000_000);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        String name = "rows, " + enqueuedAtOnce + " at once";
        add(name + ", jobs a second, end to end", jobs / seconds);
        add(name + ", bytes of log a job beyond its own", (server.logged() - logged) / (double) jobs - JOB.length);
        add(name + ", server's processor time a job, µs", (server.processorSeconds() - processor) / jobs * 1e6);
        stop(workers);
    }

    /** Many callers, each of which enqueues one job and waits until it is stored. */
    private void singles(int callers, int each) throws Exception {
        try (JobStore store = freshStore()) {
            DurableQueue<byte[]> queue = open(store);
            for (int warm = 0; warm < 2; warm++) {
                long began = System.nanoTime();
                CountDownLatch done = new CountDownLatch(callers);
                for (int i = 0; i < callers; i++) {
                    enqueueOneAfterAnother(queue, each, done);
                }
                done.await();
                if (warm > 0) {
                    add("singles of 1000 callers, a second", callers * each / ((System.nanoTime() - began) / 1e9));
                }
            }
        }
        try (Connection connection = server.connect()) {
            RowsQueue.create(connection);
        }
        int jobs = 20_000;
        long began = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        for (int i = 0; i < 20; i++) {
            threads.execute(() -> {
                try (Connection connection = server.connect()) {
                    RowsQueue rows = new RowsQueue(connection);
                    for (int n = 0; n < jobs / 20; n++) {
                        rows.enqueue(JOB, 1);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        threads.shutdown();
        threads.awaitTermination(10, java.util.concurrent.TimeUnit.MINUTES);
        add("rows by themselves on 20 connections, a second", jobs / ((System.nanoTime() - began) / 1e9));
    }

    private static void enqueueOneAfterAnother(DurableQueue<byte[]> queue, int left, CountDownLatch done) {
        if (left == 0) {
            done.countDown();
            return;
        }
        queue.enqueue(JOB).thenAccept(job -> enqueueOneAfterAnother(queue, left - 1, done));
    }

    /** From the call that enqueues a job until it begins, in the same process; beside an empty commit. */
    private void latency() throws Exception {
        try (JobStore store = freshStore()) {
            DurableQueue<byte[]> queue = open(store);
            LinkedBlockingQueue<Long> begun = new LinkedBlockingQueue<>();
            try (WorkerPool<byte[], Boolean> pool = WorkerPool.start(
                    system,
                    WorkerPoolSettings.create(system, "latency").withWorkers(2),
                    job -> begun.add(System.nanoTime()))) {
                QueueWork work = queue.workOn(pool);
                double[] waits = new double[400];
                double[] commits = new double[400];
                try (Connection connection = server.connect()) {
                    RowsQueue.create(connection);
                    RowsQueue rows = new RowsQueue(connection);
                    for (int i = 0; i < waits.length; i++) {
                        long began = System.nanoTime();
                        queue.enqueue(JOB);
                        waits[i] = (begun.take() - began) / 1e6;
                        LockSupport.parkNanos(20_000_000);
                        began = System.nanoTime();
                        rows.enqueue(JOB, 1);
                        commits[i] = (System.nanoTime() - began) / 1e6;
                    }
                }
                Arrays.sort(waits, 200, 400);
                Arrays.sort(commits, 200, 400);
                work.close();
                add("from enqueue to begin, same process, ms, median", waits[300]);
                add("one row inserted and committed, ms, median", commits[300]);
            }
        }
    }

    /** Jobs of a second among empty ones: how long two processes take beside what they would if none ever idled. */
    private void longOnes() throws Exception {
        try (JobStore store = freshStore()) {
            DurableQueue<byte[]> queue = open(store);
            List<Process> workers = startWorkers(2, "queue", server.url(), "2");
            enqueueAndAwait(queue, 200_000);
            List<byte[]> jobs = new ArrayList<>(Collections.nCopies(20_000, JOB));
            byte[] one = JOB.clone();
            one[0] = WorkerProcess.LONG;
            int longs = 40;
            for (int i = 0; i < longs; i++) {
                jobs.set(i * 17, one); // all of them among the first
            }
            long began = System.nanoTime();
            queue.enqueueAll(jobs).join().ended().toCompletableFuture().join();
            add("40 jobs of 1 s on 2 x 2 workers, seconds (10 ideal)", (System.nanoTime() - began) / 1e9);
            stop(workers);
        }
    }

    private void sqlite() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("target"), "bench");
        int jobs = JOBS / 2;
        try (JobStore store = JobStore.sqlite(directory.resolve("jobs.db"))) {
            DurableQueue<byte[]> queue = open(store);
            try (WorkerPool<byte[], byte[]> pool = WorkerPool.start(
                    system, WorkerPoolSettings.create(system, "sqlite").withWorkers(2), job -> job)) {
                QueueWork work = queue.workOn(pool);
                enqueueAndAwait(queue, jobs);
                long began = System.nanoTime();
                enqueueAndAwait(queue, jobs);
                work.close();
                add("SQLite, jobs a second, end to end", jobs / ((System.nanoTime() - began) / 1e9));
            }
        }
        long began = System.nanoTime();
        bareLog(directory.resolve("log"), jobs);
        add("a bare synced log, jobs a second", jobs / ((System.nanoTime() - began) / 1e9));
    }

    /** What cannot be done with less: each thousand jobs are written and synced, read, and a mark is written and synced. */
    private static void bareLog(Path file, int jobs) throws IOException {
        try (FileChannel log =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(1_000 * JOB.length);
            ByteBuffer mark = ByteBuffer.allocate(16);
            for (int i = 0; i < jobs; i += 1_000) {
                long at = log.size();
                log.write(block.clear(), at);
                log.force(false);
                log.read(block.clear(), at);
                log.write(mark.clear(), log.size());
                log.force(false);
            }
        }
    }
}
