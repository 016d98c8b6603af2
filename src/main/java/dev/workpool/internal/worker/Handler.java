package dev.workpool.internal.worker;

import dev.workpool.internal.akka.TestHarness;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The kinds of user code that a pool runs, and the runner of each. */
public sealed interface Handler<J, R> {

    /**
     * Makes what the pool's workers run jobs with.
     *
     * @param pool identifies the pool
     * @param threads makes threads for blocking handlers
     * @param meters measure its jobs
     * @param workerContext what the contexts of its jobs hold
     * @param asynchronous what asynchronous handlers are called on
     * @return a factory of runners
     */
    Runner.Factory<J, R> runners(
            Object pool,
            WorkerThreads threads,
            JobMeters meters,
            WorkerContext.Factory workerContext,
            Supplier<Executor> asynchronous);

    /**
     * A blocking handler.
     *
     * @param handler the user's, which may have no use for a context
     */
    static <J, R> Handler<J, R> blocking(JobHandler<J, R> handler) {
        return handler instanceof JobHandler.Simple<J, R> simple ? new Simple<>(simple) : new Contextual<>(handler);
    }

    /**
     * A handler as a test kit has it called.
     *
     * @param harness of the actor system; without one the handler is called as it is
     * @param pool the pool's name
     * @param handler of any kind
     */
    static <J, R> Handler<J, R> in(TestHarness harness, String pool, Handler<J, R> handler) {
        if (harness == TestHarness.NONE) {
            return handler;
        } else if (handler instanceof Async<J, R> async) {
            return new Async<>(harness.asynchronous(pool, async.handler()));
        } else if (harness.isOneThread()) {
            return new Async<>(harness.onOneThread(pool, handler.asBlocking()));
        }
        return handler instanceof Timed ? handler : blocking(harness.blocking(pool, handler.asBlocking()));
    }

    /** The handler, of one that blocks, without a limit to its time. */
    private JobHandler<J, R> asBlocking() {
        if (this instanceof Simple<J, R> simple) {
            return simple.handler();
        } else if (this instanceof Contextual<J, R> contextual) {
            return contextual.handler();
        }
        Timed<J, R> timed = (Timed<J, R>) this;
        return (job, context) -> timed.handler().handle(job, error -> null);
    }

    /**
     * A blocking handler with no use for a context.
     *
     * @param handler the user's
     */
    record Simple<J, R>(JobHandler.Simple<J, R> handler) implements Handler<J, R> {
        @Override
        public Runner.Factory<J, R> runners(
                Object pool,
                WorkerThreads threads,
                JobMeters meters,
                WorkerContext.Factory workerContext,
                Supplier<Executor> asynchronous) {
            return BlockingRunner.simple(pool, threads, meters, handler);
        }
    }

    /**
     * A blocking handler.
     *
     * @param handler the user's
     */
    record Contextual<J, R>(JobHandler<J, R> handler) implements Handler<J, R> {
        @Override
        public Runner.Factory<J, R> runners(
                Object pool,
                WorkerThreads threads,
                JobMeters meters,
                WorkerContext.Factory workerContext,
                Supplier<Executor> asynchronous) {
            return BlockingRunner.contextual(pool, threads, meters, handler, workerContext);
        }
    }

    /**
     * A blocking handler inside the library that must know whether its time is over when it has its result.
     *
     * @param handler runs a job
     */
    record Timed<J, R>(TimedHandler<J, R> handler) implements Handler<J, R> {
        @Override
        public Runner.Factory<J, R> runners(
                Object pool,
                WorkerThreads threads,
                JobMeters meters,
                WorkerContext.Factory workerContext,
                Supplier<Executor> asynchronous) {
            return BlockingRunner.timed(pool, threads, meters, handler);
        }
    }

    /**
     * An asynchronous handler.
     *
     * @param handler the user's
     */
    record Async<J, R>(AsyncJobHandler<J, R> handler) implements Handler<J, R> {
        @Override
        public Runner.Factory<J, R> runners(
                Object pool,
                WorkerThreads threads,
                JobMeters meters,
                WorkerContext.Factory workerContext,
                Supplier<Executor> asynchronous) {
            return AsyncRunner.factory(pool, handler, meters, workerContext, asynchronous.get());
        }
    }
}
