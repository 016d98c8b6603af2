package dev.workpool.bench;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.WorkerPool;
import dev.workpool.bench.peer.Threads;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.stream.PoolFlow;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Tiny jobs without end, in constant memory, beside the stages that Akka Streams has for it. What comes out is summed up, so that a lost job is
 * noticed. In a process of its own, each is somewhat quicker than where the compiler has to allow for all of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0)
public class StreamBenchmark {
    /** How many jobs {@code mapAsync} may have at a time; with as many as a pool's window it needs more memory than this is about. */
    private static final int MANY = 1024;

    @Param("10000000")
    public long jobs;

    @Param("2")
    public int workers;

    private ActorSystem<Void> system;
    private WorkerPool<Long, Long> pool;
    private ExecutorService threads;

    @Setup(Level.Trial)
    public void start() {
        system = ActorSystem.create(Behaviors.empty(), "streams");
        pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "streams").withWorkers(workers), (Long job) -> job);
        threads = Threads.fixed(workers);
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        pool.close();
        Threads.end(threads);
        Threads.end(system);
    }

    @Benchmark
    public void processOrdered() throws Exception {
        process(StreamOptions.ordered());
    }

    @Benchmark
    public void processAsCompleted() throws Exception {
        process(StreamOptions.asCompleted());
    }

    @Benchmark
    public void flowOrdered() throws Exception {
        outcomes(PoolFlow.ordered(pool));
    }

    @Benchmark
    public void flowAsCompleted() throws Exception {
        outcomes(PoolFlow.asCompleted(pool));
    }

    @Benchmark
    public void sourceAndSink() throws Exception {
        sum(Flow.create(), job -> job);
    }

    @Benchmark
    public void mapAsync() throws Exception {
        sum(Flow.<Long>create().mapAsync(MANY, this::supply), job -> job);
    }

    @Benchmark
    public void mapAsyncUnordered() throws Exception {
        sum(Flow.<Long>create().mapAsyncUnordered(MANY, this::supply), job -> job);
    }

    private void process(StreamOptions<Long> options) throws Exception {
        long[] sum = new long[1];
        check(pool.process(range(), options, (job, outcome) -> sum[0] += ((Outcome.Succeeded<Long>) outcome).value())
                .result()
                .thenApply(counts -> sum[0]));
    }

    private void outcomes(Flow<Long, Outcome<Long>, ?> flow) throws Exception {
        sum(flow, outcome -> ((Outcome.Succeeded<Long>) outcome).value());
    }

    private <T> void sum(Flow<Long, T, ?> flow, ToLongFunction<T> value) throws Exception {
        long[] sum = new long[1];
        Source<Long, NotUsed> source = Source.fromIterator(this::range);
        check(source.via(flow)
                .runWith(Sink.foreach(element -> sum[0] += value.applyAsLong(element)), system)
                .thenApply(done -> sum[0]));
    }

    private void check(CompletionStage<Long> sum) throws Exception {
        long found = sum.toCompletableFuture().get();
        if (found != jobs * (jobs - 1) / 2) {
            throw new IllegalStateException("jobs were lost: their sum is " + found);
        }
    }

    private CompletionStage<Long> supply(Long job) {
        return CompletableFuture.supplyAsync(() -> job, threads);
    }

    private Iterator<Long> range() {
        return LongStream.range(0, jobs).iterator();
    }
}
