package dev.workpool.testkit;

import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Writes down what the pools of an actor system were given to do, and what of it they did. Thread-safe. */
final class Recorder {
    /** By the name of the system. */
    private static final Map<String, Recorder> RECORDERS = new ConcurrentHashMap<>();

    private final LongSupplier clock;
    private final Runnable progress;
    private final FirstFailure failure;

    /** By name, in the order in which they were started. Guarded by this, as all that is in it. */
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    private static final class Pool {
        final List<Object> submitted = new ArrayList<>();
        final List<Attempt> attempts = new ArrayList<>();
        final Set<Call> running = new LinkedHashSet<>();
        Supplier<PoolSnapshot> snapshot;
    }

    /** A call of a handler that has begun; not equal to any other. */
    static final class Call {
        private final Pool pool;
        private final Attempt attempt;

        private Call(Pool pool, Attempt attempt) {
            this.pool = pool;
            this.attempt = attempt;
        }
    }

    /**
     * Has written down nothing.
     *
     * @param clock nanoseconds since the beginning
     * @param progress is told each time that something happens
     * @param failure is told which assertions fail
     */
    Recorder(LongSupplier clock, Runnable progress, FirstFailure failure) {
        this.clock = clock;
        this.progress = progress;
        this.failure = failure;
    }

    /**
     * The recorder of a pool's system.
     *
     * @throws IllegalArgumentException if the pool is not of a test kit, or its kit is closed
     */
    static Recorder of(WorkerPool<?, ?> pool) {
        Recorder recorder = RECORDERS.get(pool.ref().path().address().system());
        if (recorder == null) {
            throw new IllegalArgumentException(
                    "pool = '" + pool.name() + "'; allowed: one in the actor system of a test kit that is not closed");
        }
        return recorder;
    }

    void open(String system) {
        RECORDERS.put(system, this);
    }

    static void close(String system) {
        RECORDERS.remove(system);
    }

    private Pool pool(String name) {
        return pools.computeIfAbsent(name, each -> new Pool());
    }

    /** Forgets an earlier pool of the same name. */
    synchronized void started(Supplier<PoolSnapshot> snapshot) {
        Pool pool = new Pool();
        pool.snapshot = snapshot;
        String name = snapshot.get().name();
        pools.remove(name);
        pools.put(name, pool);
    }

    synchronized void submitted(String pool, Object job) {
        pool(pool).submitted.add(job);
        progress.run();
    }

    /** The jobs, which are iterated here. */
    <J> Iterable<J> submittedAll(String pool, Iterable<J> jobs) {
        List<J> all = new ArrayList<>();
        jobs.forEach(all::add);
        synchronized (this) {
            pool(pool).submitted.addAll(all);
        }
        progress.run();
        return all;
    }

    synchronized Call begun(String pool, Object job, JobContext context) {
        Attempt attempt =
                new Attempt(job, context.attempt(), context.workerIndex(), Duration.ofNanos(clock.getAsLong()));
        Call call = new Call(pool(pool), attempt);
        call.pool.attempts.add(attempt);
        call.pool.running.add(call);
        progress.run();
        return call;
    }

    /** A call is over, with an error or null. */
    void ended(Call call, Throwable error) {
        synchronized (this) {
            call.pool.running.remove(call);
        }
        progress.run();
        if (error instanceof AssertionError failed) {
            failure.add(failed);
        }
    }

    /** A consumer whose failed assertions end the test. */
    <J, R> OutcomeConsumer<J, R> consumerOfStream(OutcomeConsumer<J, R> consumer) {
        return watched(consumer, thrown -> {
            if (thrown instanceof AssertionError failed) {
                failure.add(failed);
            }
        });
    }

    /** A consumer that ends the test whatever it throws, which would only be logged. */
    <J, R> OutcomeConsumer<J, R> consumerOfBatch(OutcomeConsumer<J, R> consumer) {
        return watched(consumer, thrown -> failure.add("a consumer of a batch's outcomes", thrown));
    }

    void observerHasThrown(String pool, PoolObserver observer, Throwable thrown) {
        failure.add("pool '" + pool + "': an observer (" + observer.getClass().getName() + ")", thrown);
    }

    private static <J, R> OutcomeConsumer<J, R> watched(OutcomeConsumer<J, R> consumer, Consumer<Throwable> onThrown) {
        return (job, outcome) -> {
            try {
                consumer.accept(job, outcome);
            } catch (Exception | Error e) {
                onThrown.accept(e);
                throw e;
            }
        };
    }

    synchronized List<Object> submissions(String pool) {
        return new ArrayList<>(pool(pool).submitted);
    }

    synchronized List<Attempt> attempts(String pool) {
        return new ArrayList<>(pool(pool).attempts);
    }

    synchronized List<Attempt> running(String pool) {
        return pool(pool).running.stream().map(call -> call.attempt).toList();
    }

    /** What is known of the pools that were started, without those that were forgotten. */
    synchronized List<PoolSnapshot> snapshots() {
        return pools.values().stream()
                .filter(pool -> pool.snapshot != null)
                .map(pool -> pool.snapshot.get())
                .toList();
    }

    boolean isIdle() {
        return snapshots().stream().allMatch(pool -> pool.done() == pool.accepted());
    }

    /** A line for each pool that has jobs without an outcome, for a person. */
    synchronized String describe() {
        StringBuilder text = new StringBuilder();
        for (PoolSnapshot pool : snapshots()) {
            if (pool.done() < pool.accepted()) {
                text.append("\n  pool '%s': %d queued, %d waiting for their time, %d handed to workers"
                        .formatted(pool.name(), pool.queued(), pool.waiting(), pool.running()));
                for (Attempt running : running(pool.name())) {
                    text.append("\n    runs %s, attempt %d, since %s"
                            .formatted(running.job(), running.number(), running.begun()));
                }
            }
        }
        return text.toString();
    }
}
