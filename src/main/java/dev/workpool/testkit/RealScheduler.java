package dev.workpool.testkit;

import akka.actor.LightArrayRevolverScheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The scheduler of an actor system in real time, through which pools find their test kit: it writes down what they do,
 * and delays it. Named in the kit's configuration; Akka makes it.
 */
final class RealScheduler extends LightArrayRevolverScheduler implements TestHarness {
    private final long beganNs = System.nanoTime();
    private final FirstFailure failure = new FirstFailure();
    private final Recorder recorder = new Recorder(() -> System.nanoTime() - beganNs, () -> {}, failure);
    private final Set<Script<?, ?>> scripts = ConcurrentHashMap.newKeySet();
    private final CountDownLatch released = new CountDownLatch(1);

    /** Guarded by this. */
    private SplittableRandom random = new SplittableRandom(0);

    private volatile long longestDelayNs;

    /**
     * For Akka.
     *
     * @param config the system's
     * @param log the system's
     * @param threads makes the scheduler's thread
     */
    RealScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
        super(config, log, threads);
    }

    Recorder recorder() {
        return recorder;
    }

    /** Before the first pool is started. */
    synchronized void configure(long seed, Duration longestDelay) {
        random = new SplittableRandom(seed);
        longestDelayNs = longestDelay.toNanos();
    }

    FirstFailure failure() {
        return failure;
    }

    /** Nobody hangs or is delayed any more. */
    void release() {
        scripts.forEach(Script::release);
        released.countDown();
    }

    private synchronized long nextDelayNs() {
        return longestDelayNs == 0 ? 0 : random.nextLong(longestDelayNs + 1);
    }

    @Override
    public void started(Supplier<PoolSnapshot> pool) {
        recorder.started(pool);
    }

    @Override
    public void submitting(String pool, Object job) {
        recorder.submitted(pool, job);
    }

    @Override
    public <J> Iterable<J> submittingAll(String pool, Iterable<J> jobs) {
        return recorder.submittedAll(pool, jobs);
    }

    @Override
    public <J, R> OutcomeConsumer<J, R> consumerOfStream(OutcomeConsumer<J, R> consumer) {
        return recorder.consumerOfStream(consumer);
    }

    @Override
    public <J, R> OutcomeConsumer<J, R> consumerOfBatch(OutcomeConsumer<J, R> consumer) {
        return recorder.consumerOfBatch(consumer);
    }

    @Override
    public void observerHasThrown(String pool, PoolObserver observer, Throwable thrown) {
        recorder.observerHasThrown(pool, observer, thrown);
    }

    @Override
    public <J, R> JobHandler<J, R> blocking(String pool, JobHandler<J, R> handler) {
        if (handler instanceof Script<J, R> script) {
            scripts.add(script);
        }
        return (job, context) -> {
            released.await(nextDelayNs(), TimeUnit.NANOSECONDS);
            Recorder.Call call = recorder.begun(pool, job, context);
            Throwable problem = null;
            try {
                return handler.handle(job, context);
            } catch (Exception | Error e) {
                problem = e;
                throw e;
            } finally {
                recorder.ended(call, problem);
            }
        };
    }

    @Override
    public <J, R> AsyncJobHandler<J, R> asynchronous(String pool, AsyncJobHandler<J, R> handler) {
        return (job, context) -> {
            long delayNs = nextDelayNs();
            if (delayNs == 0) {
                return start(pool, job, context, handler);
            }
            Executor later = CompletableFuture.delayedExecutor(delayNs, TimeUnit.NANOSECONDS);
            LaterStage<R> stage = new LaterStage<>();
            later.execute(() -> stage.begin(() -> start(pool, job, context, handler)));
            return stage;
        };
    }

    private <J, R> CompletionStage<R> start(String pool, J job, JobContext context, AsyncJobHandler<J, R> handler)
            throws Exception {
        Recorder.Call call = recorder.begun(pool, job, context);
        CompletionStage<R> stage;
        try {
            stage = handler.handle(job, context);
        } catch (Exception | Error e) {
            recorder.ended(call, e);
            throw e;
        }
        if (stage != null) {
            stage.whenComplete((value, error) -> recorder.ended(call, VirtualHandlers.unwrap(error)));
        }
        return stage;
    }
}
