package dev.workpool.internal.source;

import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.PoolThread;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.StreamOptions;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;

/**
 * Runs a stream whose jobs are taken from a source on its own thread, and whose outcomes go to a consumer. Thread-safe.
 *
 * <p>The source and the consumer are each called by one thread at a time, and no actor waits for either.
 */
public final class Consumption<J, R> extends StreamSubmission<J, R> {
    private final OutcomeConsumer<? super J, ? super R> consumer;
    private final Window window;
    private final SourceReader<J> sourceReader;

    /** Interrupts the thread that takes the jobs, which may be blocked on a channel that is slow to close. */
    private final Executor interrupts;

    /** Calls the consumer, and completes the result after all calls. */
    private final Executor deliveries;

    /** What the consumer has thrown. Of whoever runs the deliveries, as all below. */
    private Throwable consumerProblem;

    private Consumption(
            RunningPool<J, R> pool,
            StreamOptions<J> options,
            JobSource<J> source,
            OutcomeConsumer<? super J, ? super R> consumer) {
        super(options, pool.settings().name(), pool.requestQueue(), pool.guard(), pool.carrier());
        this.consumer = pool.harness().consumerOfStream(consumer);
        this.window = new Window(options.window(), pool.settings().workers(), pool.harness());
        this.deliveries = new SerialExecutor(pool.callbacks());
        this.sourceReader = new SourceReader<>(source, window, this);
        this.interrupts =
                pool.harness().isOneThread() ? pool.callbacks() : pool.threads().interrupts();
    }

    /**
     * Takes jobs from an iterator.
     *
     * @param pool runs them
     * @param jobs closed in the end, if it can be
     * @param options how
     * @param consumer gets the outcomes
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the stream, which has begun
     */
    public static <J, R> Consumption<J, R> of(
            RunningPool<J, R> pool,
            Iterator<? extends J> jobs,
            StreamOptions<J> options,
            OutcomeConsumer<? super J, ? super R> consumer) {
        return begin(pool, new IteratorSource<>(() -> jobs, jobs), options, consumer);
    }

    /**
     * Takes jobs from one of the JDK's streams.
     *
     * @param pool runs them
     * @param jobs closed in the end
     * @param options how
     * @param consumer gets the outcomes
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the stream, which has begun
     */
    public static <J, R> Consumption<J, R> of(
            RunningPool<J, R> pool,
            BaseStream<? extends J, ?> jobs,
            StreamOptions<J> options,
            OutcomeConsumer<? super J, ? super R> consumer) {
        return begin(pool, new IteratorSource<>(jobs::iterator, jobs), options, consumer);
    }

    /**
     * Takes jobs from a publisher.
     *
     * @param pool runs them
     * @param jobs subscribed to once
     * @param options how
     * @param consumer gets the outcomes
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the stream, which has begun
     */
    public static <J, R> Consumption<J, R> of(
            RunningPool<J, R> pool,
            Flow.Publisher<? extends J> jobs,
            StreamOptions<J> options,
            OutcomeConsumer<? super J, ? super R> consumer) {
        return begin(pool, new PublisherSource<>(jobs), options, consumer);
    }

    private static <J, R> Consumption<J, R> begin(
            RunningPool<J, R> pool,
            JobSource<J> source,
            StreamOptions<J> options,
            OutcomeConsumer<? super J, ? super R> consumer) {
        StackGuard.check(); // not to leave a source's thread without its stream
        Consumption<J, R> consumption = new Consumption<>(pool, options, source, consumer);
        PoolThread mark = new PoolThread(pool.requestQueue(), PoolThread.Role.SOURCE);
        Runnable reading = pool.harness().thread(() -> {
            mark.enter(); // and never leaves
            consumption.sourceReader.run();
        });
        try {
            pool.threads().start("source", reading);
        } catch (Throwable t) { // there are no more threads
            consumption.settle(null, Optional.of(t));
            throw t;
        }
        pool.requestQueue().offer(consumption);
        return consumption;
    }

    @Override
    public void accepted() {
        window.open();
    }

    @Override
    protected void inputClosed() {
        window.close();
        interrupts.execute(sourceReader::stop);
    }

    @Override
    protected void deliver(List<J> jobs, List<Outcome<R>> outcomes) {
        deliveries.execute(() -> consume(jobs, outcomes));
    }

    private void consume(List<J> jobs, List<Outcome<R>> outcomes) {
        boolean own = Interrupts.own();
        int delivered = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            if (consumerProblem == null) {
                consume(jobs.set(i, null), outcomes.get(i));
                Interrupts.clearUnless(own);
            }
            if (++delivered == window.part()) {
                window.delivered(delivered);
                delivered = 0;
            }
        }
        window.delivered(delivered);
    }

    @SuppressWarnings("unchecked") // an outcome only ever gives its value away
    private void consume(J job, Outcome<R> outcome) {
        try {
            ContextPropagator.Scope scope = contexts().attach();
            try {
                ((OutcomeConsumer<J, R>) consumer).accept(job, outcome);
            } finally {
                scope.close();
            }
        } catch (Throwable t) {
            consumerProblem = t;
            cancel();
        }
    }

    @Override
    protected void complete(BatchProgress counts, Optional<Throwable> problem) {
        deliveries.execute(
                () -> settle(counts, Optional.ofNullable(consumerProblem).or(() -> problem)));
    }
}
