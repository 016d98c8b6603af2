package dev.workpool.internal.akka;

import akka.actor.typed.ActorSystem;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolSnapshot;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Lets a test kit take the place of what a pool cannot repeat: threads, real time, chance. A system has one if its
 * scheduler is one; otherwise each method does what pools do in production.
 *
 * <p>A harness may run the whole system on one thread, in a time that the test moves. Then no thread is started for
 * handlers, and whoever is about to wait for a pool has the system go on first.
 */
public interface TestHarness {
    /** That of a system that is not under test. */
    TestHarness NONE = new TestHarness() {};

    /** The harness of an actor system. */
    static TestHarness of(ActorSystem<?> system) {
        return system.classicSystem().scheduler() instanceof TestHarness harness ? harness : NONE;
    }

    /** Whether the system runs on one thread, which must not wait. */
    default boolean isOneThread() {
        return false;
    }

    /** The time that pools go by on one thread, in nanoseconds. */
    default long timeNs() {
        return System.nanoTime();
    }

    /**
     * Called on one thread by whoever is about to wait: the system goes on until the condition holds.
     *
     * @throws IllegalStateException if it never will
     */
    default void goOnUntil(BooleanSupplier done) {
        goOnUntil(done, Long.MAX_VALUE);
    }

    /**
     * The same for some time.
     *
     * @return whether that time is over for sure, so that there is nothing left to wait for
     */
    default boolean goOnUntil(BooleanSupplier done, long timeoutNs) {
        return false;
    }

    /** A pool has been started. */
    default void started(Supplier<PoolSnapshot> pool) {}

    /** A job is about to be submitted; null if its submitter makes that mistake. */
    default void submitting(String pool, Object job) {}

    /** Jobs are about to be submitted. */
    default <J> Iterable<J> submittingAll(String pool, Iterable<J> jobs) {
        return jobs;
    }

    /** What stands for a pool's blocking handler, on a thread that may wait. */
    default <J, R> JobHandler<J, R> blocking(String pool, JobHandler<J, R> handler) {
        return handler;
    }

    /** What stands for a pool's asynchronous handler. */
    default <J, R> AsyncJobHandler<J, R> asynchronous(String pool, AsyncJobHandler<J, R> handler) {
        return handler;
    }

    /** What stands for a pool's blocking handler on one thread. */
    default <J, R> AsyncJobHandler<J, R> onOneThread(String pool, JobHandler<J, R> handler) {
        return (job, context) -> CompletableFuture.completedFuture(handler.handle(job, context));
    }

    /** What stands for a stream's consumer of outcomes, which ends the stream if it throws. */
    default <J, R> OutcomeConsumer<J, R> consumerOfStream(OutcomeConsumer<J, R> consumer) {
        return consumer;
    }

    /** What stands for a batch's consumer of outcomes. What it throws is only logged. */
    default <J, R> OutcomeConsumer<J, R> consumerOfBatch(OutcomeConsumer<J, R> consumer) {
        return consumer;
    }

    /** An observer has thrown, which is only logged. */
    default void observerHasThrown(String pool, PoolObserver observer, Throwable thrown) {}

    /** What is run by a thread of a pool that is no handler's, which waits by {@link #park}. */
    default Runnable thread(Runnable task) {
        return task;
    }

    /**
     * Has such a thread wait, in a way of the harness's own.
     *
     * @return whether it has; if not, the caller is to wait
     */
    default boolean park(BooleanSupplier goesOn) {
        return false;
    }

    /** What goes by real time in production: nanoseconds, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** Runs what is short after some of that time, on any thread. */
    default void runAfter(long delayNs, Runnable task) {
        Executor onTheTimersThread = Runnable::run;
        CompletableFuture.delayedExecutor(delayNs, TimeUnit.NANOSECONDS, onTheTimersThread)
                .execute(task);
    }

    /** A source of chance. */
    default RandomGenerator random() {
        return new SplittableRandom();
    }
}
