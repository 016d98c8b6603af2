package dev.workpool.stream;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.util.Objects;
import java.util.function.Function;

/**
 * Flows of Akka Streams that run each element as a job of a pool, and emit its outcome. Thread-safe; nothing blocks.
 *
 * <p>Each run of a stream with such a flow is a separate stream of the pool: it shares the workers fairly with the
 * pool's other streams and batches, by {@linkplain dev.workpool.settings.BatchOptions priority and weight}, and takes
 * nothing of the queue's capacity. The flow
 *
 * <ul>
 *   <li>pulls while it holds fewer jobs than its {@linkplain StreamOptions#withWindow window}, whether unfinished or
 *       not yet emitted; once it is full, it pulls again when a part of it, a quarter at most, is free;
 *   <li>emits as soon as downstream asks, and completes when upstream has and all outcomes are out;
 *   <li>fails at once if upstream fails, or the function for keys throws; then its jobs are cancelled: those in the
 *       queue never run, running ones are told to stop. The same happens when downstream cancels, and when the stream
 *       ends in any other way;
 *   <li>cancels upstream and completes, after the outcomes of all it has taken, when {@link Processing#cancel} is
 *       called or its {@linkplain dev.workpool.settings.HaltPolicy halt policy} says so;
 *   <li>cancels upstream and fails, after the outcomes of all it has taken, with a {@link
 *       java.util.concurrent.RejectedExecutionException} if the pool is closed, with a {@link
 *       java.util.concurrent.TimeoutException} when the stream's time-out is over.
 * </ul>
 *
 * <p>A job that does not succeed does not end the stream: its outcome says so. See {@link #values} for streams that are
 * to fail. The jobs go with the contexts of the thread that runs the stream, see {@link
 * dev.workpool.settings.ContextPropagator}.
 *
 * <p>Each materializes a {@link Processing}, whose result completes on the pool's callback executor when every job has
 * its outcome, and with the failure that has cut the stream short; it says nothing of whether downstream has seen them.
 */
public final class PoolFlow {
    private PoolFlow() {}

    /**
     * Emits outcomes in the order of the jobs, with a window of 8192 jobs.
     *
     * @param pool runs the jobs, until its owner closes it
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a flow that can be run any number of times
     */
    public static <J, R> Flow<J, Outcome<R>, Processing> ordered(WorkerPool<J, R> pool) {
        return of(pool, StreamOptions.ordered());
    }

    /**
     * Emits outcomes as jobs complete, with a window of 8192 jobs.
     *
     * @param pool runs the jobs, until its owner closes it
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a flow that can be run any number of times
     */
    public static <J, R> Flow<J, Outcome<R>, Processing> asCompleted(WorkerPool<J, R> pool) {
        return of(pool, StreamOptions.asCompleted());
    }

    /**
     * Runs and emits the jobs of each key one after another, with a window of 8192 jobs.
     *
     * @param pool runs the jobs, until its owner closes it
     * @param keyOf gives a job's key, see {@link StreamOptions#keyed}; called on the stream's own thread
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a flow that can be run any number of times
     */
    public static <J, R> Flow<J, Outcome<R>, Processing> keyed(WorkerPool<J, R> pool, Function<? super J, ?> keyOf) {
        return of(pool, StreamOptions.keyed(keyOf));
    }

    /**
     * Runs jobs as options say.
     *
     * @param pool runs the jobs, until its owner closes it
     * @param options order, window, and how to run the jobs otherwise
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a flow that can be run any number of times
     */
    public static <J, R> Flow<J, Outcome<R>, Processing> of(WorkerPool<J, R> pool, StreamOptions<J> options) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(options, "options");
        return Flow.fromGraph(new PoolStage<>(pool.internals(), options));
    }

    /**
     * Emits the results of the jobs, and fails at the first job without one, with {@link Outcome#problem}. Then
     * upstream is cancelled, and so are the jobs of a pool's flow there.
     *
     * <p>A stream carries no nulls: a result that is null fails it with a {@link NullPointerException}.
     *
     * @param <R> type of the results
     * @return a flow to put behind one of the others: {@code PoolFlow.ordered(pool).via(PoolFlow.values())}
     */
    public static <R> Flow<Outcome<R>, R, NotUsed> values() {
        return Flow.fromGraph(new ValuesStage<>());
    }
}
