package dev.workpool.actor;

import dev.workpool.AsyncJobHandler;
import dev.workpool.JobHandler;
import dev.workpool.WorkerPoolSettings;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** The three kinds of user code that a pool runs, and what runs each. */
public sealed interface Handler<J, R> {

    /**
     * Makes what the pool's workers run jobs with.
     *
     * @param pool identifies the pool
     * @param settings of the pool
     * @param callbacks runs onCancel actions
     * @param dispatchers finds an executor by its id
     * @return a factory of runners
     */
    Runner.Factory<J, R> runners(
            Object pool, WorkerPoolSettings settings, Executor callbacks, Function<String, Executor> dispatchers);

    /**
     * A blocking handler with no use for a context.
     *
     * @param handler the user's
     */
    record Simple<J, R>(JobHandler.Simple<J, R> handler) implements Handler<J, R> {
        @Override
        public Runner.Factory<J, R> runners(
                Object pool, WorkerPoolSettings settings, Executor callbacks, Function<String, Executor> dispatchers) {
            return BlockingRunner.simple(pool, threads(settings), handler);
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
                Object pool, WorkerPoolSettings settings, Executor callbacks, Function<String, Executor> dispatchers) {
            return BlockingRunner.contextual(pool, threads(settings), handler, callbacks);
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
                Object pool, WorkerPoolSettings settings, Executor callbacks, Function<String, Executor> dispatchers) {
            Executor executor = dispatchers.apply(settings.asyncDispatcher());
            return (workerIndex, reports) -> new AsyncRunner<>(handler, workerIndex, executor, callbacks, reports);
        }
    }

    private static ThreadFactory threads(WorkerPoolSettings settings) {
        return WorkerThreads.of(settings.name(), settings.virtualThreads());
    }
}
