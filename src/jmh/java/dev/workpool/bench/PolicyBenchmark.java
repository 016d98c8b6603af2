package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.bench.peer.Threads;
import dev.workpool.job.JobContext;
import dev.workpool.job.PoolObserver;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
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
 * Jobs that do nothing, with one policy that is on and has nothing to do, or with somebody who watches and sees nothing, beside the same without ({@code idle}): nobody should pay for what might
 * happen. And a retry of every other job ({@code retries}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(0)
public class PolicyBenchmark {
    private static final Duration LONG = Duration.ofHours(1);

    /** Which is on. */
    public enum Policy {
        NONE("none"),
        JOB_TIMEOUT("a time-out of each job"),
        BATCH_TIMEOUT("a time-out of the batch"),
        RETRY("retries, none needed"),
        HALT("halt at a failure"),
        PRIORITY("a priority"),
        RATE("a rate limit, not reached"),
        QUEUE("a bounded queue"),
        TIMES("times are measured"),
        OBSERVER("an observer"),
        RECORDING("the flight recorder records");

        private final String label;

        Policy(String label) {
            this.label = label;
        }

        private WorkerPoolSettings on(WorkerPoolSettings settings) {
            return switch (this) {
                case RATE -> settings.withRateLimit(RateLimit.perSecond(1e9));
                case OBSERVER -> settings.withObserver(new PoolObserver() {});
                case QUEUE -> settings.withQueueCapacity(Integer.MAX_VALUE, WhenFull.REJECT);
                default -> settings;
            };
        }

        private BatchOptions on(BatchOptions options) {
            return switch (this) {
                case JOB_TIMEOUT -> options.withJobTimeout(LONG);
                case BATCH_TIMEOUT -> options.withTimeout(LONG);
                case RETRY -> options.withRetry(RetryPolicy.attempts(3));
                case HALT -> options.withHalt(HaltPolicy.now().failed(1));
                case PRIORITY -> options.withPriority(5);
                default -> options;
            };
        }

        String label() {
            return label;
        }
    }

    @Param("NONE")
    public Policy policy;

    @Param("1000000")
    public int jobs;

    private List<Integer> input;
    private BatchOptions options;
    private ActorSystem<Void> system;
    private WorkerPool<Integer, Integer> pool;
    private WorkerPool<Integer, Integer> failing;

    /** Null if the flight recorder is off. */
    private Recording recording;

    @Setup(Level.Trial)
    public void start() {
        input = IntStream.range(0, jobs).boxed().toList();
        options = policy.on(BatchOptions.defaults());
        system = ActorSystem.create(Behaviors.empty(), "policies");
        pool = WorkerPool.start(system, policy.on(WorkerPoolSettings.create(system, "idle")), (Integer job) -> job);
        if (policy == Policy.TIMES) {
            pool.measureTimes();
        }
        if (policy == Policy.RECORDING) {
            recording = new Recording();
            recording.start();
        }
        RetryPolicy atOnce = RetryPolicy.attempts(2).withFixedBackoff(Duration.ZERO);
        IllegalStateException failure = new IllegalStateException("on purpose");
        failing = WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "failing").withRetry(atOnce),
                (Integer job, JobContext context) -> {
                    if (job % 2 == 1 && context.attempt() == 1) {
                        throw failure;
                    }
                    return job;
                });
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        pool.close();
        failing.close();
        if (recording != null) {
            recording.close();
        }
        Threads.end(system);
    }

    @Benchmark
    public Object idle() throws Exception {
        return pool.submitAll(input, options).result().toCompletableFuture().get();
    }

    @Benchmark
    public Object retries() throws Exception {
        return failing.submitAll(input).result().toCompletableFuture().get();
    }
}
