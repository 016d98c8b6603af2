package dev.workpool.bench.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.typed.Cluster;
import com.sun.management.OperatingSystemMXBean;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.ClusterPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Pools over nodes in JVMs of their own beside pools in this one. Arguments: the number of rounds, and the workloads, all
 * of them unless told. Prints medians.
 */
public final class Clusters {
    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.setup(context -> {
                ActorRef<String> answers = context.spawn(answers(), "answers");
                context.getSystem().receptionist().tell(Receptionist.register(WorkNode.ECHO_ANSWERS, answers));
                return Behaviors.empty();
            }),
            "bench",
            WorkNode.config("akka.remote.artery.canonical.port = 0"));
    private final int port;
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();
    private static final LinkedBlockingQueue<String> ANSWERS = new LinkedBlockingQueue<>();

    private Clusters() {
        Cluster cluster = Cluster.get(system);
        cluster.manager()
                .tell(akka.cluster.typed.Join.create(cluster.selfMember().address()));
        this.port = cluster.selfMember().address().getPort().orElseThrow();
    }

    private static Behavior<String> answers() {
        return Behaviors.receiveMessage(text -> {
            ANSWERS.add(text);
            return Behaviors.same();
        });
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Set<String> workloads = args.length > 1 && !args[1].equals("all")
                ? Set.of(args[1].split(","))
                : Set.of("flow", "spin", "ask", "pareto", "cancel", "large", "kill", "fair");
        Clusters bench = new Clusters();
        if (workloads.stream().anyMatch(Set.of("flow", "ask")::contains)) {
            bench.withNodes(1, 1, rounds, nodes -> {
                if (workloads.contains("flow")) {
                    bench.flow(nodes);
                }
                if (workloads.contains("ask")) {
                    bench.ask();
                }
            });
        }
        if (workloads.contains("spin")) {
            bench.withNodes(2, 1, rounds, bench::spin);
        }
        if (workloads.stream().anyMatch(Set.of("pareto", "cancel", "large", "fair")::contains)) {
            bench.withNodes(3, 1, rounds, nodes -> {
                if (workloads.contains("pareto")) {
                    bench.pareto();
                }
                if (workloads.contains("cancel")) {
                    bench.cancel();
                }
                if (workloads.contains("large")) {
                    bench.large();
                }
                if (workloads.contains("fair")) {
                    bench.fair();
                }
            });
        }
        if (workloads.contains("kill")) {
            for (int round = 0; round < rounds; round++) {
                bench.withNodes(3, 1, 1, bench::kill);
            }
        }
        bench.print();
        System.exit(0);
    }

    private interface Workload {
        void run(List<WorkNode> nodes) throws Exception;
    }

    private void withNodes(int count, int workers, int rounds, Workload workload) throws Exception {
        List<WorkNode> nodes = WorkNode.start(count, workers, port);
        try {
            for (int round = 0; round < rounds; round++) {
                workload.run(nodes);
                print();
            }
        } finally {
            for (WorkNode node : nodes) {
                node.close();
            }
        }
    }

    private void add(String figure, double value) {
        figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(value);
    }

    private void print() {
        figures.forEach((name, values) -> {
            List<Double> sorted = new ArrayList<>(values);
            Collections.sort(sorted);
            System.out.printf("%-60s %,14.2f   of %s%n", name, sorted.get(sorted.size() / 2), shown(values));
        });
        System.out.println();
    }

    private static List<String> shown(List<Double> values) {
        return values.stream().map(value -> String.format("%.2f", value)).toList();
    }

    private static long cpuNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private WorkerPool<byte[], byte[]> pool(String name, String workers, int nodes) throws InterruptedException {
        WorkerPool<byte[], byte[]> pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, name),
                ClusterSettings.create(system, workers),
                JobCodec.bytes(),
                JobCodec.bytes());
        while (ClusterPool.nodes(pool).stream()
                        .filter(node -> node.state() == ClusterNode.State.WORKING)
                        .count()
                < nodes) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return pool;
    }

    private static List<byte[]> jobs(int count, int bytes) {
        byte[] job = new byte[bytes];
        return Collections.nCopies(count, job);
    }

    /** Jobs that do nothing, through one node of one worker. */
    private void flow(List<WorkNode> nodes) throws Exception {
        try (WorkerPool<byte[], byte[]> pool = pool("flow", "empty", 1)) {
            pool.submitAll(jobs(300_000, 17)).result().toCompletableFuture().get();
            int count = 2_000_000;
            long beganNs = System.nanoTime();
            long cpuNs = cpuNs();
            long nodeNs = nodes.get(0).cpuNs();
            pool.submitAll(jobs(count, 17)).result().toCompletableFuture().get();
            add("flow: M jobs/s", count * 1e3 / (System.nanoTime() - beganNs));
            add("flow: ns of CPU a job, submitting", (double) (cpuNs() - cpuNs) / count);
            add("flow: ns of CPU a job, working", (double) (nodes.get(0).cpuNs() - nodeNs) / count);
        }
    }

    private static long cpuNs(List<WorkNode> nodes) {
        return cpuNs() + nodes.stream().mapToLong(WorkNode::cpuNs).sum();
    }

    /** Has the code between nodes compiled: a million jobs that take a while are too few messages for that. */
    private void warmUp() throws Exception {
        try (WorkerPool<byte[], byte[]> pool = pool("warm-up", "empty", 2)) {
            for (int i = 0; i < 20; i++) {
                pool.submitAll(jobs(300_000, 17)).result().toCompletableFuture().get();
            }
        }
    }

    /** What the nodes cost that have nothing to do, as a part of the time that passes. */
    private static double idleCpu(List<WorkNode> nodes) throws InterruptedException {
        long cpuNs = cpuNs(nodes);
        TimeUnit.SECONDS.sleep(5);
        return (cpuNs(nodes) - cpuNs) / 5e9;
    }

    /** Jobs of 10 microseconds on two nodes of one worker beside two workers here. */
    private void spin(List<WorkNode> nodes) throws Exception {
        int count = 1_000_000;
        warmUp();
        double idle = idleCpu(nodes);
        double hereNs;
        double hereCpuNs;
        try (WorkerPool<byte[], byte[]> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "here").withWorkers(2), job -> {
                    long untilNs = System.nanoTime() + 10_000;
                    while (System.nanoTime() - untilNs < 0) {
                        Thread.onSpinWait();
                    }
                    return job;
                })) {
            pool.submitAll(jobs(50_000, 17)).result().toCompletableFuture().get();
            long beganNs = System.nanoTime();
            long cpuNs = cpuNs();
            pool.submitAll(jobs(count, 17)).result().toCompletableFuture().get();
            hereNs = System.nanoTime() - beganNs;
            hereCpuNs = cpuNs() - cpuNs;
        }
        try (WorkerPool<byte[], byte[]> pool = pool("spinning", "spin", 2)) {
            pool.submitAll(jobs(50_000, 17)).result().toCompletableFuture().get();
            long beganNs = System.nanoTime();
            long cpuNs = cpuNs(nodes);
            pool.submitAll(jobs(count, 17)).result().toCompletableFuture().get();
            long tookNs = System.nanoTime() - beganNs;
            add("spin: wall time, ratio", tookNs / hereNs);
            add("spin: CPU, ratio", (cpuNs(nodes) - cpuNs) / hereCpuNs);
            add("spin: of it, what three idle nodes of Akka cost", idle * tookNs / hereCpuNs);
        }
    }

    /** One job at a time beside one message at a time. */
    private void ask() throws Exception {
        CountDownLatch found = new CountDownLatch(1);
        List<ActorRef<String>> echo = new ArrayList<>();
        ActorRef<Receptionist.Listing> listings = system.systemActorOf(
                Behaviors.receiveMessage(listing -> {
                    if (echo.isEmpty()
                            && !listing.getServiceInstances(WorkNode.ECHO).isEmpty()) {
                        echo.addAll(listing.getServiceInstances(WorkNode.ECHO));
                        found.countDown();
                    }
                    return Behaviors.same();
                }),
                "listings-" + System.nanoTime(),
                akka.actor.typed.Props.empty());
        system.receptionist().tell(Receptionist.subscribe(WorkNode.ECHO, listings));
        found.await();
        double[] asked = new double[2_000];
        double[] submitted = new double[2_000];
        try (WorkerPool<byte[], byte[]> pool = pool("asking", "empty", 1)) {
            for (int i = 0; i < asked.length; i++) {
                long beganNs = System.nanoTime();
                echo.get(0).tell("x");
                ANSWERS.take();
                asked[i] = System.nanoTime() - beganNs;
                beganNs = System.nanoTime();
                pool.submit(new byte[17]).get();
                submitted[i] = System.nanoTime() - beganNs;
            }
        }
        Arrays.sort(asked);
        Arrays.sort(submitted);
        add("ask: µs, bare", asked[asked.length / 2] / 1e3);
        add("ask: µs, a job", submitted[submitted.length / 2] / 1e3);
        add("ask: ratio", submitted[submitted.length / 2] / asked[asked.length / 2]);
    }

    private static byte[] lasting(double ns) {
        return ByteBuffer.allocate(8).putLong((long) ns).array();
    }

    /** Jobs of very different lengths on three workers, beside the greedy list schedule. */
    private void pareto() throws Exception {
        Random random = new Random(7);
        List<byte[]> jobs = new ArrayList<>();
        PriorityQueue<Double> workers = new PriorityQueue<>(List.of(0.0, 0.0, 0.0));
        for (int i = 0; i < 1_000; i++) {
            double ns = Math.min(2e9, 2e6 / Math.pow(1 - random.nextDouble(), 1 / 1.2));
            jobs.add(lasting(ns));
            workers.add(workers.remove() + ns);
        }
        double greedyNs = workers.stream().max(Double::compare).orElseThrow();
        try (WorkerPool<byte[], byte[]> pool = pool("pareto", "wait", 3)) {
            long beganNs = System.nanoTime();
            pool.submitAll(jobs).result().toCompletableFuture().get();
            add("pareto: makespan, ratio", (System.nanoTime() - beganNs) / greedyNs);
        }
    }

    /** A million jobs that wait, and three that run. */
    private void cancel() throws Exception {
        try (WorkerPool<byte[], byte[]> pool = pool("cancel", "wait", 3)) {
            Batch<byte[]> batch = pool.submitAll(Collections.nCopies(1_000_000, lasting(3e10)));
            while (pool.snapshot().running() < 3) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long beganNs = System.nanoTime();
            batch.cancel();
            batch.result().toCompletableFuture().get();
            add("cancel: ms", (System.nanoTime() - beganNs) / 1e6);
        }
    }

    /** Single jobs are cancelled while large results come. */
    private void large() throws Exception {
        List<Double> ms = new ArrayList<>();
        try (WorkerPool<byte[], byte[]> pool = pool("large", "large", 3);
                WorkerPool<byte[], byte[]> waiting = pool("cancelled", "wait", 3)) {
            AtomicLong results = new AtomicLong();
            Processing stream = pool.process(
                    Stream.generate(() -> new byte[17]).limit(1_000_000),
                    StreamOptions.ordered(),
                    (job, outcome) -> results.incrementAndGet());
            for (int i = 0; i < 20; i++) {
                Batch<byte[]> batch = waiting.submitAll(List.of(lasting(3e10)));
                while (ClusterPool.nodes(waiting).stream()
                                .mapToInt(ClusterNode::running)
                                .sum()
                        == 0) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                long beganNs = System.nanoTime();
                batch.cancel();
                batch.result().toCompletableFuture().get();
                ms.add((System.nanoTime() - beganNs) / 1e6);
            }
            stream.cancel();
            add("large: MB that came meanwhile", results.get() * 0.2);
        }
        Collections.sort(ms);
        add("large: ms to cancel, median", ms.get(ms.size() / 2));
        add("large: ms to cancel, longest", ms.get(ms.size() - 1));
    }

    /** One of three nodes is killed while jobs of 20 ms run. */
    private void kill(List<WorkNode> nodes) throws Exception {
        int count = 900;
        double jobNs = 2e7;
        try (WorkerPool<byte[], byte[]> pool = pool("kill", "wait", 3)) {
            pool.submitAll(Collections.nCopies(30, lasting(jobNs)))
                    .result()
                    .toCompletableFuture()
                    .get();
            long beganNs = System.nanoTime();
            Batch<byte[]> batch = pool.submitAll(Collections.nCopies(count, lasting(jobNs)));
            TimeUnit.SECONDS.sleep(2);
            nodes.get(0).kill();
            double deadNs = System.nanoTime() - beganNs;
            batch.result().toCompletableFuture().get();
            double idealNs = deadNs + (count * jobNs - 3 * deadNs) / 2;
            add("kill: makespan beyond the ideal, s (lease 5)", (System.nanoTime() - beganNs - idealNs) / 1e9);
        }
    }

    private static void awaitDone(List<Batch<byte[]>> batches, long jobs) throws InterruptedException {
        while (batches.stream().mapToLong(batch -> batch.progress().done()).sum() < jobs) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** A hundred batches of three submitters, of weights 1 to 3, on three workers. */
    private void fair() throws Exception {
        List<WorkerPool<byte[], byte[]>> pools = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pools.add(pool("fair-" + i, "fair", 3));
        }
        List<Batch<byte[]>> batches = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int weight = 1 + i % 3;
            weights.add(weight);
            batches.add(pools.get(i % 7 % 3)
                    .submitAll(
                            Collections.nCopies(20_000, lasting(1e5)),
                            BatchOptions.defaults().withWeight(weight)));
        }
        awaitDone(batches, 40_000);
        long[] before =
                batches.stream().mapToLong(batch -> batch.progress().done()).toArray();
        awaitDone(batches, 240_000);
        long[] done = new long[batches.size()];
        Arrays.setAll(done, i -> batches.get(i).progress().done() - before[i]);
        double each = (double) Arrays.stream(done).sum()
                / weights.stream().mapToInt(Integer::intValue).sum();
        double[] ofPool = new double[3];
        double[] fairOfPool = new double[3];
        double worst = 0;
        for (int i = 0; i < done.length; i++) {
            ofPool[i % 7 % 3] += done[i];
            fairOfPool[i % 7 % 3] += each * weights.get(i);
            worst = Math.max(worst, Math.abs(done[i] / (each * weights.get(i)) - 1));
        }
        add("fair: largest deviation of a batch, %", 100 * worst);
        if (worst > 0.1) {
            pools.forEach(pool -> System.out.println(ClusterPool.nodes(pool)));
        }
        for (int i = 0; i < 3; i++) {
            add("fair: share of submitter " + i + " beside its fair one", ofPool[i] / fairOfPool[i]);
        }
        pools.forEach(WorkerPool::abort);
        for (WorkerPool<byte[], byte[]> pool : pools) {
            pool.whenEnded().toCompletableFuture().get(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS);
        }
    }
}
