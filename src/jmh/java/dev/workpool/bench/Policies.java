package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.BatchOptions;
import dev.workpool.HaltPolicy;
import dev.workpool.RateLimit;
import dev.workpool.RetryPolicy;
import dev.workpool.WhenFull;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What each policy costs that is on and has nothing to do: a million empty jobs with it, beside the same without, in one process
 * and in turn. And what a retry costs. The first argument is the number of rounds; prints medians.
 */
public final class Policies {
    private static final int JOBS = 1_000_000;
    private static final int WARM_UP = 5;
    private static final Duration LONG = Duration.ofHours(1);
    private static final List<Integer> INPUT = IntStream.range(0, JOBS).boxed().toList();

    private Policies() {}

    /** A way to run the jobs. */
    private record Contender(UnaryOperator<WorkerPoolSettings> settings, BatchOptions<Integer> options) {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        BatchOptions<Integer> plain = BatchOptions.defaults();
        Map<String, Contender> contenders = new LinkedHashMap<>();
        contenders.put("none", new Contender(same -> same, plain));
        contenders.put("a time-out of each job", new Contender(same -> same, plain.withJobTimeout(LONG)));
        contenders.put("a time-out of the batch", new Contender(same -> same, plain.withTimeout(LONG)));
        contenders.put("retries, none needed", new Contender(same -> same, plain.withRetry(RetryPolicy.attempts(3))));
        contenders.put(
                "halt at a failure",
                new Contender(same -> same, plain.withHalt(HaltPolicy.now().failed(1))));
        contenders.put("a priority", new Contender(same -> same, plain.withPriority(5)));
        contenders.put(
                "a rate limit, not reached",
                new Contender(settings -> settings.withRateLimit(RateLimit.perSecond(1e9)), plain));
        contenders.put(
                "a bounded queue",
                new Contender(settings -> settings.withQueueCapacity(2 * JOBS, WhenFull.REJECT), plain));
        compare(system, contenders, rounds);
        retries(system, rounds);
        system.terminate();
    }

    private static void compare(ActorSystem<?> system, Map<String, Contender> contenders, int rounds) throws Exception {
        Map<String, WorkerPool<Integer, Integer>> pools = new LinkedHashMap<>();
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
            WorkerPoolSettings settings = WorkerPoolSettings.create(system, "policy-" + number++);
            pools.put(
                    entry.getKey(),
                    WorkerPool.start(system, entry.getValue().settings().apply(settings), (Integer job) -> job));
            nanos.put(entry.getKey(), new ArrayList<>());
        }
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
                long begun = System.nanoTime();
                pools.get(entry.getKey())
                        .submitAll(INPUT, entry.getValue().options())
                        .result()
                        .toCompletableFuture()
                        .get();
                if (round >= 0) {
                    nanos.get(entry.getKey()).add((System.nanoTime() - begun) / (double) JOBS);
                }
            }
        }
        double none = median(nanos.get("none"));
        System.out.printf(
                "JVM %s, %d cores, %d rounds of %,d empty jobs%n%n| policy that is on | a job | more than without |%n| --- | ---: | ---: |%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds, JOBS);
        nanos.forEach((policy, values) ->
                System.out.printf("| %s | %.1f ns | %.1f ns |%n", policy, median(values), median(values) - none));
        pools.values().forEach(WorkerPool::close);
    }

    private static void retries(ActorSystem<?> system, int rounds) throws Exception {
        int jobs = 100_000;
        List<Double> nanos = new ArrayList<>();
        AtomicInteger attempts = new AtomicInteger();
        IllegalStateException failure = new IllegalStateException("on purpose");
        RetryPolicy policy = RetryPolicy.attempts(2).withFixedBackoff(Duration.ZERO);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "retries").withRetry(policy), (Integer job) -> {
                    if (attempts.incrementAndGet() % 2 == 1) {
                        throw failure;
                    }
                    return job;
                })) {
            for (int round = -WARM_UP; round < rounds; round++) {
                int before = attempts.get();
                long begun = System.nanoTime();
                pool.submitAll(INPUT.subList(0, jobs))
                        .result()
                        .toCompletableFuture()
                        .get();
                if (round >= 0) {
                    nanos.add((System.nanoTime() - begun) / (double) (attempts.get() - before - jobs));
                }
            }
        }
        System.out.printf("%n%,d empty jobs of which about half fail once: %.0f ns a retry%n", jobs, median(nanos));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
