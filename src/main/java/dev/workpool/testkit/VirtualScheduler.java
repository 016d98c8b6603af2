package dev.workpool.testkit;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolSnapshot;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The scheduler of an actor system in virtual time, through which pools find their test kit. Named in the kit's
 * configuration; Akka makes it.
 */
final class VirtualScheduler extends AbstractScheduler implements TestHarness {
    private final Simulator simulator = new Simulator();
    private final Recorder recorder =
            new Recorder(() -> simulator.time().nowNs(), simulator::progress, simulator.failure());
    private final VirtualHandlers handlers = new VirtualHandlers(simulator, recorder);

    /**
     * For Akka.
     *
     * @param config the system's
     * @param log the system's
     * @param threads not used
     */
    VirtualScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

    Simulator simulator() {
        return simulator;
    }

    Recorder recorder() {
        return recorder;
    }

    VirtualHandlers handlers() {
        return handlers;
    }

    @Override
    public long timeNs() {
        return simulator.time().nowNs();
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        TimerHandle handle = new TimerHandle(false);
        handle.follow(simulator.time().set(delay.toNanos(), () -> executor.execute(task)));
        return handle;
    }

    @Override
    @SuppressWarnings("deprecation") // Akka's other methods are built on it
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        TimerHandle handle = new TimerHandle(true);
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            executor.execute(task);
            handle.follow(simulator.time().set(interval.toNanos(), again[0]));
        };
        handle.follow(simulator.time().set(initialDelay.toNanos(), again[0]));
        return handle;
    }

    @Override
    public double maxFrequency() {
        return TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public boolean isOneThread() {
        return true;
    }

    @Override
    public boolean goOnUntil(BooleanSupplier done, long timeoutNs) {
        return simulator.goOnUntil(done, timeoutNs);
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
    public <J, R> AsyncJobHandler<J, R> asynchronous(String pool, AsyncJobHandler<J, R> handler) {
        return handlers.asynchronous(pool, handler);
    }

    @Override
    public <J, R> AsyncJobHandler<J, R> onOneThread(String pool, JobHandler<J, R> handler) {
        return handlers.blocking(pool, handler);
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
    public Runnable thread(Runnable task) {
        return simulator.turns().thread(task);
    }

    @Override
    public boolean park(BooleanSupplier goesOn) {
        return simulator.turns().park(goesOn);
    }

    @Override
    public long nanoTime() {
        return simulator.fineNs();
    }

    @Override
    public void runAfter(long delayNs, Runnable task) {
        simulator.runAfterFine(delayNs, task);
    }

    @Override
    public RandomGenerator random() {
        return simulator.random();
    }
}
