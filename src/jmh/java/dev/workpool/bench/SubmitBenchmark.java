package dev.workpool.bench;

import dev.workpool.bench.peer.Submitter;
import dev.workpool.bench.peer.Threads;
import dev.workpool.bench.peer.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
 * Single jobs that do nothing: many of them from one thread or several, which then wait for all ({@code flood}); the same where no result comes back
 * ({@code execute}); and each handed over and waited for by itself, which is mostly what it takes to wake threads ({@code roundTrip}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0)
public class SubmitBenchmark {
    private static final int WORKERS = 2;

    @Param("WORKER_POOL")
    public Submitter submitter;

    @Param("1")
    public int threads;

    @Param("100000")
    public int jobs;

    private ExecutorService callers;
    private Submitter.Started started;

    @Setup(Level.Trial)
    public void start() {
        callers = Threads.fixed(threads);
        started = submitter.start(WORKERS, Work.of("compute:0"));
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        started.close();
        Threads.end(callers);
    }

    @Benchmark
    public Object flood() throws Exception {
        List<Callable<Object>> floods = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            floods.add(() -> submitAndAwait(jobs / threads));
        }
        List<Future<Object>> ended = callers.invokeAll(floods);
        for (Future<Object> flood : ended) {
            flood.get();
        }
        return ended;
    }

    private Object submitAndAwait(int count) throws Exception {
        Future<?>[] futures = new Future<?>[count];
        for (int i = 0; i < count; i++) {
            futures[i] = started.submit().apply(i);
        }
        for (Future<?> future : futures) {
            future.get();
        }
        return futures;
    }

    @Benchmark
    public void execute() throws InterruptedException {
        Executor executor = started.executor().orElseThrow();
        CountDownLatch done = new CountDownLatch(jobs);
        for (int i = 0; i < jobs; i++) {
            executor.execute(done::countDown);
        }
        done.await();
    }

    @Benchmark
    public void roundTrip() throws Exception {
        for (int i = 0; i < jobs; i++) {
            started.submit().apply(i).get();
        }
    }
}
