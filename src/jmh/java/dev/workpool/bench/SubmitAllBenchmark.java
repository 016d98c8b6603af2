package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A list of jobs in, a list of results out, with as many workers as cores: the pool and what the JDK has for it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8)
@Measurement(iterations = 10)
@Fork(0) // contenders are compared in one process, in turn: see Comparison
public class SubmitAllBenchmark {
    private static final int WORKERS = Runtime.getRuntime().availableProcessors();

    /** What a job gives back. */
    public record Result(int job) {}

    /** Cost of a job in tokens of {@link Blackhole#consumeCPU}; Comparison finds out how many make a microsecond. */
    @Param("0")
    public long tokens;

    @Param("1000000")
    public int jobs;

    private List<Integer> input;
    private ActorSystem<Void> system;
    private WorkerPool<Integer, Result> pool;
    private ExecutorService executor;
    private List<Callable<Result>> callables;

    @Setup(Level.Trial)
    public void start() {
        input = IntStream.range(0, jobs).boxed().collect(Collectors.toList());
        system = ActorSystem.create(Behaviors.empty(), "bench", ConfigFactory.load());
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "bench").withWorkers(WORKERS);
        pool = WorkerPool.start(system, settings, (Integer job) -> run(job));
        executor = Executors.newFixedThreadPool(WORKERS);
        callables = input.stream().map(job -> (Callable<Result>) () -> run(job)).toList();
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        pool.close();
        executor.shutdown();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get();
    }

    private Result run(int job) {
        if (tokens > 0) {
            Blackhole.consumeCPU(tokens);
        }
        return new Result(job);
    }

    @Benchmark
    public Object workpool() throws Exception {
        return pool.submitAll(input).result().toCompletableFuture().get();
    }

    @Benchmark
    public Object parallelStream() {
        return input.parallelStream().map(this::run).collect(Collectors.toList());
    }

    @Benchmark
    public Object invokeAll() throws Exception {
        return executor.invokeAll(callables);
    }
}
