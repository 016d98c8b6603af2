package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.bench.peer.Threads;
import dev.workpool.bench.peer.Work;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** Many batches at once in one pool, which take turns: what their number adds to the cost of a job. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0)
public class ConcurrentBatchesBenchmark {
    @Param("100")
    public int batches;

    @Param("1000")
    public int jobs;

    @Param("compute:0")
    public String work;

    @Param("2")
    public int workers;

    private List<Integer> input;
    private ActorSystem<Void> system;
    private WorkerPool<Integer, Work.Result> pool;

    @Setup(Level.Trial)
    public void start() {
        input = IntStream.range(0, jobs).boxed().toList();
        system = ActorSystem.create(Behaviors.empty(), "batches");
        Work handler = Work.of(work);
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "batches").withWorkers(workers);
        pool = WorkerPool.start(system, settings, (Integer job) -> handler.run(job));
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        pool.close();
        Threads.end(system);
    }

    @Benchmark
    public Object run() throws Exception {
        List<Batch<Work.Result>> all = new ArrayList<>(batches);
        for (int i = 0; i < batches; i++) {
            all.add(pool.submitAll(input));
        }
        for (Batch<Work.Result> batch : all) {
            batch.result().toCompletableFuture().get();
        }
        return all;
    }
}
