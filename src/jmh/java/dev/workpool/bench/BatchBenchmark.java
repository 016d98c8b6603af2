package dev.workpool.bench;

import dev.workpool.bench.peer.Contender;
import dev.workpool.bench.peer.Peer;
import dev.workpool.bench.peer.Work;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

/** A list of jobs in, a list of results out: what a pool is for, and what each contender can do. Threads are there already, as in a program that runs on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0) // contenders are compared in one process, in turn: see Rounds
public class BatchBenchmark {
    private static final int SMALL = 1_000;
    private static final long COMPILING_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Set<Contender> COMPILED = Collections.synchronizedSet(EnumSet.noneOf(Contender.class));

    @Param("WORKPOOL")
    public Contender contender;

    @Param("compute:0")
    public String work;

    @Param("1000000")
    public int jobs;

    @Param("2")
    public int workers;

    private List<Integer> input;
    private Peer peer;

    @Setup(Level.Trial)
    public void start() throws Exception {
        input = IntStream.range(0, jobs).boxed().collect(Collectors.toList());
        peer = contender.start(workers, Work.of(work));
        if (work.startsWith("compute:")) {
            compile();
        }
    }

    /** Small batches, so that the compiler has seen the beginning and the end of one often as well. */
    private void compile() throws Exception {
        List<Integer> few = input.subList(0, Math.min(SMALL, jobs));
        long enoughNs = COMPILED.add(contender) ? COMPILING_NS : AGAIN_NS;
        for (long begun = System.nanoTime(); System.nanoTime() - begun < enoughNs; ) {
            peer.run(few);
        }
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        peer.close();
    }

    @Benchmark
    public Object run() throws Exception {
        return peer.run(input);
    }
}
