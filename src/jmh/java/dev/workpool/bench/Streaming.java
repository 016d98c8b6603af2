package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.Outcome;
import dev.workpool.StreamOptions;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import dev.workpool.stream.PoolFlow;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * Tiny jobs without end, in constant memory: nanoseconds a job, of wall time and of processor time, beside the stages that Akka Streams has for
 * it. Each takes its turn in each round; medians of the rounds come last. In a process of their own, {@code process} and flows are quicker than
 * where the JIT compiler has to allow for both.
 */
public final class Streaming {
    /** {@code mapAsync} takes long over each job, and its cost per job does not depend on how many there are. */
    private static final int FEWER = 50;

    /** How many jobs it may have at a time; with as many as a pool's window it needs more memory than this is about. */
    private static final int MANY = 1024;

    private final ActorSystem<Void> system;
    private final WorkerPool<Long, Long> pool;
    private final ExecutorService threads;
    private final long jobs;

    private interface Variant {
        /** The sum of what so many jobs, from 0 on, returned. */
        CompletionStage<Long> run(long jobs);
    }

    private Streaming(ActorSystem<Void> system, WorkerPool<Long, Long> pool, ExecutorService threads, long jobs) {
        this.system = system;
        this.pool = pool;
        this.threads = threads;
        this.jobs = jobs;
    }

    /**
     * Runs it.
     *
     * @param args how many rounds; the beginning of the names of those to run, or "all"; the system property "jobs" says how many
     * @throws Exception if a job is lost
     */
    public static void main(String[] args) throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        try (WorkerPool<Long, Long> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "b").withWorkers(cores), (Long job) -> job)) {
            new Streaming(system, pool, threads, Long.getLong("jobs", 100_000_000))
                    .run(Integer.parseInt(args[0]), args.length > 1 && !args[1].equals("all") ? args[1] : "");
        } finally {
            threads.shutdown();
            system.terminate();
        }
    }

    private void run(int rounds, String chosen) throws Exception {
        Map<String, Variant> variants = new LinkedHashMap<>();
        variants.put("process, ordered", n -> process(n, StreamOptions.ordered()));
        variants.put("process, as completed", n -> process(n, StreamOptions.asCompleted()));
        variants.put("PoolFlow, ordered", n -> flow(n, PoolFlow.ordered(pool)));
        variants.put("PoolFlow, as completed", n -> flow(n, PoolFlow.asCompleted(pool)));
        variants.put("source and sink alone", n -> sum(n, Flow.create()));
        variants.put("mapAsync", n -> sum(n, Flow.<Long>create().mapAsync(MANY, this::supply)));
        variants.put("mapAsyncUnordered", n -> sum(n, Flow.<Long>create().mapAsyncUnordered(MANY, this::supply)));
        variants.keySet().removeIf(name -> !name.startsWith(chosen));
        Map<String, double[]> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Variant> variant : variants.entrySet()) {
                double ns = time(variant.getKey(), variant.getValue());
                figures.computeIfAbsent(variant.getKey(), name -> new double[rounds])[round] = ns;
            }
        }
        System.out.printf("%nmedians of %d rounds%n", rounds);
        figures.forEach((name, ns) -> {
            Arrays.sort(ns);
            System.out.printf("%-24s %8.1f ns%n", name, ns[rounds / 2]);
        });
    }

    private double time(String name, Variant variant) throws Exception {
        long count = name.startsWith("mapAsync") ? jobs / FEWER : jobs;
        long cpu = cpuNs();
        long begun = System.nanoTime();
        long sum = variant.run(count).toCompletableFuture().get();
        double took = System.nanoTime() - begun;
        if (sum != count * (count - 1) / 2) {
            throw new AssertionError(name + ": " + sum);
        }
        System.out.printf(
                "%-24s %8.1f ns, %8.1f ns of processor time%n", name, took / count, (double) (cpuNs() - cpu) / count);
        return took / count;
    }

    private CompletionStage<Long> process(long jobs, StreamOptions<Long> options) {
        long[] sum = new long[1];
        return pool.process(
                        range(jobs), options, (job, outcome) -> sum[0] += ((Outcome.Succeeded<Long>) outcome).value())
                .result()
                .thenApply(counts -> sum[0]);
    }

    private CompletionStage<Long> flow(long jobs, Flow<Long, Outcome<Long>, ?> flow) {
        return sum(jobs, flow, outcome -> ((Outcome.Succeeded<Long>) outcome).value());
    }

    private CompletionStage<Long> sum(long jobs, Flow<Long, Long, ?> flow) {
        return sum(jobs, flow, value -> value);
    }

    private <T> CompletionStage<Long> sum(long jobs, Flow<Long, T, ?> flow, ToLongFunction<T> value) {
        long[] sum = new long[1];
        return Source.fromIterator(() -> range(jobs))
                .via(flow)
                .runWith(Sink.foreach(element -> sum[0] += value.applyAsLong(element)), system)
                .thenApply(done -> sum[0]);
    }

    private CompletionStage<Long> supply(Long job) {
        return CompletableFuture.supplyAsync(() -> job, threads);
    }

    private static Iterator<Long> range(long end) {
        return LongStream.range(0, end).iterator();
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
