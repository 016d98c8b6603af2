package dev.workpool.durable;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.internal.store.Enqueueing;
import dev.workpool.durable.internal.store.Enqueueing.JobPlace;
import dev.workpool.durable.internal.store.Limits;
import dev.workpool.durable.internal.store.Recurring;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.internal.work.OpenQueue.Ids;
import dev.workpool.durable.internal.work.OutcomeTeller;
import dev.workpool.durable.internal.work.Owner;
import dev.workpool.durable.internal.work.PoolRunner;
import dev.workpool.durable.internal.work.Reach;
import dev.workpool.durable.internal.work.RecurringRuns;
import dev.workpool.durable.internal.work.Runner;
import dev.workpool.durable.internal.work.TransactionalRunner;
import dev.workpool.durable.internal.work.WorkActor;
import dev.workpool.durable.internal.work.WorkCounters;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.JobOutcomeListener;
import dev.workpool.durable.job.QueueObserver;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.RecurringJob;
import dev.workpool.durable.job.StoreStatus;
import dev.workpool.durable.job.TransactionalHandler;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.job.PoolHealth;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.Schedule;
import dev.workpool.settings.WorkOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of jobs that survive the process, worked on by any number of processes. Thread-safe; {@link #open} and {@link
 * #enqueueAll(Connection, Iterable, EnqueueOptions)} block, and nothing else.
 *
 * <pre>{@code
 * JobStore store = JobStore.sqlite(Path.of("jobs.db")); // or JobStore.postgres(dataSource)
 * DurableQueue<Email> emails = DurableQueue.open(system, store, "emails", JobCodec.json(Email.class));
 * DurableBatch batch = emails.enqueue("newsletter-47", recipients).join(); // the same key again changes nothing
 * try (QueueWork work = emails.workOn(pool)) { … } // in as many processes as you like
 * }</pre>
 *
 * <p>The queue guarantees:
 *
 * <ul>
 *   <li>Once the stage of an enqueue is complete, its jobs are stored, and survive the death of any process, and of the
 *       machine as far as the database does.
 *   <li>Each job runs at least once, and gets exactly one outcome, unless its batch is cancelled before it runs. It may
 *       run more than once: if its process dies, is cut off from the database for longer than the lease, or ends before
 *       the job does. An outcome that comes from a process which has lost the lease is refused.
 *   <li>What a {@linkplain #workOn(WorkerPool, TransactionalHandler) transactional handler} writes to the queue's
 *       database is there exactly once.
 *   <li>Whoever waits for outcomes hears of them after they are stored, and never before.
 *   <li>Jobs run by priority, then by the time when they are due, then in the order in which they were enqueued; they may
 *       begin out of it, as in a pool. In a {@linkplain QueueOrder#keyed keyed} queue jobs of a key run one after another.
 *   <li>If the database is away, work goes on by itself when it is back.
 * </ul>
 *
 * @param <J> type of the jobs
 */
public final class DurableQueue<J> {
    private static final Logger log = LoggerFactory.getLogger(DurableQueue.class);
    private static final String CALLBACKS = "workpool.dispatchers.callback";
    private static final long HEALTH_WITHIN_S = 5;

    private final ActorSystem<?> system;
    private final StoreRuntime store;
    private final OpenQueue<J> queue;
    private final Enqueuer<J> enqueuer;
    private final QueueMonitor monitor;
    private final QueueAdmin admin;

    private DurableQueue(ActorSystem<?> system, StoreRuntime store, OpenQueue<J> queue) {
        this.system = system;
        this.store = store;
        this.queue = queue;
        this.enqueuer = new Enqueuer<>(store, queue);
        this.admin = new QueueAdmin(store, queue);
        this.monitor = new QueueMonitor(
                queue.name(),
                queue.database().transactions().availability(),
                system.dispatchers().lookup(DispatcherSelector.fromConfig(CALLBACKS)));
    }

    /**
     * Opens a queue with settings from the system's configuration, and makes it if it is not there.
     *
     * @param system where actors work on it
     * @param store where it is kept
     * @param name letters, digits, '-', '_' and '.', at most 100 of them
     * @param codec turns jobs into bytes and back
     * @param <J> type of the jobs
     * @return the queue; also if the store does not answer: then it is opened in the background
     * @throws IllegalArgumentException if the name or a setting is not allowed
     * @throws IllegalStateException if the store cannot be used, because an earlier version of this library has it open (SQLite), its tables
     *     are newer than this library, or a library is missing
     */
    public static <J> DurableQueue<J> open(ActorSystem<?> system, JobStore store, String name, JobCodec<J> codec) {
        return open(system, store, QueueSettings.create(system, name), codec, QueueOrder.byPriority());
    }

    /**
     * Opens a queue, and makes it if it is not there.
     *
     * @param system where actors work on it
     * @param store where it is kept
     * @param settings its settings, which name it
     * @param codec turns jobs into bytes and back
     * @param order in which jobs run
     * @param <J> type of the jobs
     * @return the queue; also if the store does not answer: then it is opened in the background
     * @throws IllegalStateException if the store cannot be used, see {@link #open(ActorSystem, JobStore, String,
     *     JobCodec)}; or the queue was made with another order, or is open in this process by the same store with a codec
     *     of another name, and neither decodes the other's jobs
     */
    public static <J> DurableQueue<J> open(
            ActorSystem<?> system, JobStore store, QueueSettings settings, JobCodec<J> codec, QueueOrder<J> order) {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(order, "order");
        OpenQueue.checkCodec(codec);
        StoreRuntime runtime = store.runtime();
        OpenQueue<J> queue = new OpenQueue<>(
                runtime.database(),
                settings,
                codec,
                new Lanes<>(order.lanes(), order.keyOf().orElse(null)));
        DurableQueue<J> opened = new DurableQueue<>(system, runtime, queue);
        new QueueOpening(runtime, queue).find();
        return opened;
    }

    /** {@return the queue's name} */
    public String name() {
        return queue.name();
    }

    // Enqueuing

    /**
     * Enqueues jobs under a key, in a transaction of its own, which commits whatever becomes of one of the caller's. The same key again changes nothing and returns what was enqueued
     * first.
     *
     * @param key see {@link EnqueueOptions#withKey}
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @return as {@link #enqueueAll(Iterable, EnqueueOptions)}
     */
    public CompletableFuture<DurableBatch> enqueue(String key, Iterable<? extends J> jobs) {
        return enqueueAll(jobs, EnqueueOptions.keyed(key));
    }

    /**
     * Enqueues jobs with default options, in a transaction of its own, as {@link #enqueueAll(Iterable, EnqueueOptions)} does.
     *
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @return as {@link #enqueueAll(Iterable, EnqueueOptions)}
     */
    public CompletableFuture<DurableBatch> enqueueAll(Iterable<? extends J> jobs) {
        return enqueueAll(jobs, EnqueueOptions.defaults());
    }

    /**
     * Enqueues jobs as one batch, in a transaction of its own: it commits by itself, also where the caller is in a
     * transaction, such as one of Spring's on the same data source, and whatever becomes of that. To enqueue in the
     * caller's, pass its connection to {@link #enqueueAll(Connection, Iterable)}. All jobs are stored or none. Any number of them: what does not fit into some megabytes of
     * memory waits in a temporary file until all are there.
     *
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @param options how
     * @return completes when they are stored. Fails with a {@link java.sql.SQLException} if the store did not answer
     *     within {@code store-timeout}; then they may be stored, which the same call with the same key tells
     * @throws IllegalArgumentException if a job cannot be encoded or is too large; then none is enqueued
     * @throws NullPointerException if a job is null; then none is enqueued
     */
    public CompletableFuture<DurableBatch> enqueueAll(Iterable<? extends J> jobs, EnqueueOptions options) {
        Objects.requireNonNull(jobs, "jobs");
        return enqueuer.all(jobs.iterator(), Objects.requireNonNull(options, "options"));
    }

    /**
     * Enqueues the jobs of a stream as one batch, all of them or none.
     *
     * @param jobs none null; consumed on the calling thread and closed, before this returns
     * @param options how
     * @return as {@link #enqueueAll(Iterable, EnqueueOptions)}
     */
    public CompletableFuture<DurableBatch> enqueueAll(Stream<? extends J> jobs, EnqueueOptions options) {
        Objects.requireNonNull(jobs, "jobs");
        try (jobs) {
            return enqueuer.all(jobs.iterator(), Objects.requireNonNull(options, "options"));
        }
    }

    /**
     * Enqueues the jobs of a publisher as one batch, all of them or none: when it has completed. If it fails, or a job
     * cannot be encoded, nothing is enqueued.
     *
     * @param jobs subscribed to before this returns; its jobs are encoded on its threads
     * @param options how
     * @return as {@link #enqueueAll(Iterable, EnqueueOptions)}; fails with the publisher's error, or with an {@link
     *     IllegalArgumentException} for a job that cannot be encoded or is too large
     */
    public CompletableFuture<DurableBatch> enqueueAll(Flow.Publisher<? extends J> jobs, EnqueueOptions options) {
        Objects.requireNonNull(jobs, "jobs");
        Objects.requireNonNull(options, "options");
        return enqueuer.all(jobs, options);
    }

    /**
     * Enqueues jobs in a transaction of the caller's: they are there if it is committed, and not otherwise. Blocks while
     * it writes. Those who work on the queue find them within milliseconds to about a second after the commit.
     *
     * @param connection to the store's database, not in auto-commit mode; it is neither committed nor closed
     * @param jobs none null; iterated once
     * @param options how
     * @return a handle on what will be there
     * @throws SQLException what the database says; the transaction cannot go on then
     * @throws IllegalArgumentException if the connection is in auto-commit mode, or a job cannot be encoded or is too
     *     large
     */
    public DurableBatch enqueueAll(Connection connection, Iterable<? extends J> jobs, EnqueueOptions options)
            throws SQLException {
        Objects.requireNonNull(options, "options");
        if (connection.getAutoCommit()) {
            throw new IllegalArgumentException("the connection is in auto-commit mode, so there is no transaction to"
                    + " enqueue jobs in; call setAutoCommit(false), or enqueueAll(jobs, options)");
        }
        return enqueuer.within(connection, jobs, options);
    }

    /**
     * Enqueues jobs in a transaction of the caller's, with default options.
     *
     * @param connection as of {@link #enqueueAll(Connection, Iterable, EnqueueOptions)}, like all the rest
     * @param jobs none null; iterated once
     * @return a handle on what will be there
     * @throws SQLException what the database says; the transaction cannot go on then
     */
    public DurableBatch enqueueAll(Connection connection, Iterable<? extends J> jobs) throws SQLException {
        return enqueueAll(connection, jobs, EnqueueOptions.defaults());
    }

    /**
     * Enqueues one job in a transaction of the caller's, as a batch of its own. Blocks while it writes.
     *
     * @param connection as of {@link #enqueueAll(Connection, Iterable, EnqueueOptions)}, like all the rest
     * @param job not null
     * @param options how
     * @return a handle on what will be there
     * @throws SQLException what the database says; the transaction cannot go on then
     */
    public DurableBatch enqueue(Connection connection, J job, EnqueueOptions options) throws SQLException {
        return enqueueAll(connection, Collections.singletonList(job), options);
    }

    /**
     * Enqueues one job with default options, in a transaction of its own, as {@link #enqueue(Object, EnqueueOptions)} does.
     *
     * @param job not null
     * @return as {@link #enqueue(Object, EnqueueOptions)}
     */
    public CompletableFuture<DurableJob> enqueue(J job) {
        return enqueue(job, EnqueueOptions.defaults());
    }

    /**
     * Enqueues one job, in a transaction of its own: it commits by itself, also where the caller is in a transaction, such as
     * one of Spring's on the same data source, and whatever becomes of that. To enqueue in the caller's, pass its
     * connection to {@link #enqueueAll(Connection, Iterable)}. Jobs that come while a transaction is under way are written together in the next one.
     *
     * @param job not null
     * @param options how
     * @return completes when it is stored. Fails with a {@link java.sql.SQLException} if the store did not answer within
     *     {@code store-timeout}; then it may be stored, which the same call with the same key tells
     * @throws IllegalArgumentException if it cannot be encoded or is too large
     * @throws NullPointerException if it is null
     */
    public CompletableFuture<DurableJob> enqueue(J job, EnqueueOptions options) {
        return enqueuer.single(job, Objects.requireNonNull(options, "options"))
                .thenApply(at -> job(queue.ids().join(), at));
    }

    // Working

    /**
     * Has a pool work on the queue: claims jobs, runs them with the pool's handler, and acknowledges them, until the work
     * is closed. Any number of pools may, in any number of processes. The pool may do other work meanwhile.
     *
     * @param pool runs the jobs
     * @param <R> type of the results
     * @return the work, which has begun
     * @throws IllegalStateException if the store is closed, or the actor system has ended
     */
    public <R> QueueWork workOn(WorkerPool<J, R> pool) {
        return workOn(pool, WorkOptions.<R>defaults());
    }

    /**
     * Has a pool work on the queue.
     *
     * @param pool runs the jobs
     * @param options how
     * @param <R> type of the results
     * @return the work, which has begun
     * @throws IllegalStateException if the store is closed, or the actor system has ended
     */
    public <R> QueueWork workOn(WorkerPool<J, R> pool, WorkOptions<R> options) {
        Objects.requireNonNull(pool, "pool");
        return work(new PoolRunner<>(pool, queue.lanes(), null), options);
    }

    /**
     * Has a pool work on the queue, and tells how each job went here before that is stored.
     *
     * @param pool runs the jobs
     * @param options how
     * @param listener is told
     * @param <R> type of the results
     * @return the work, which has begun
     * @throws IllegalStateException if the store is closed, or the actor system has ended
     */
    public <R> QueueWork workOn(
            WorkerPool<J, R> pool, WorkOptions<R> options, JobOutcomeListener<? super J, R> listener) {
        Objects.requireNonNull(pool, "pool");
        OutcomeTeller<J, R> teller = new OutcomeTeller<>(queue, Objects.requireNonNull(listener, "listener"));
        return work(new PoolRunner<>(pool, queue.lanes(), teller), options);
    }

    /**
     * Has a pool work on the queue so that what the handler writes to the queue's database happens exactly once: each job
     * runs in a transaction that also acknowledges it. Results are kept as by {@link #workOn(WorkerPool, WorkOptions)}.
     *
     * @param pool runs the transactions; see {@link TransactionalTask}
     * @param handler runs the jobs
     * @param options how
     * @param <R> type of the results
     * @return the work, which has begun
     * @throws IllegalStateException if the queue is keyed, the store is closed, or the actor system has ended
     */
    public <R> QueueWork workOn(
            WorkerPool<TransactionalTask, Object> pool, TransactionalHandler<J, R> handler, WorkOptions<R> options) {
        Objects.requireNonNull(handler, "handler");
        if (queue.lanes().areUsed()) {
            throw new IllegalStateException(
                    "queue '" + name() + "' is keyed; its jobs cannot be run in transactions of their own");
        }
        return work(new TransactionalRunner<>(pool, queue.database(), handler, options.resultCodec()), options);
    }

    /**
     * Has a pool work on the queue transactionally, with default options.
     *
     * @param pool runs the transactions; see {@link TransactionalTask}
     * @param handler runs the jobs
     * @param <R> type of the results
     * @return the work, which has begun
     * @throws IllegalStateException if the queue is keyed, the store is closed, or the actor system has ended
     */
    public <R> QueueWork workOn(WorkerPool<TransactionalTask, Object> pool, TransactionalHandler<J, R> handler) {
        return workOn(pool, handler, WorkOptions.defaults());
    }

    @SuppressWarnings("unchecked") // results are of the codec's type, as the runner's are
    private <R> QueueWork work(Runner<J> runner, WorkOptions<R> options) {
        Objects.requireNonNull(options, "options");
        if (options.resultCodec().isPresent() && queue.settings().keptOutcomes() != KeptOutcomes.ALL) {
            log.warn(
                    "Queue {} is worked on with a codec for results, and keeps none: its kept-outcomes are {}, not all.",
                    name(),
                    queue.settings().keptOutcomes());
        }
        if (runner.hasEnded()) {
            throw new IllegalStateException(
                    "queue '" + name() + "' cannot be worked on by pool '" + runner.pool() + "', which takes no jobs");
        }
        CompletableFuture<Reach> reach = new CompletableFuture<>();
        CompletableFuture<Done> ended = new CompletableFuture<>();
        WorkCounters counters = new WorkCounters();
        QueueWork work = new QueueWork(
                name(), runner.pool(), reach, ended, counters, queue.settings().closeTimeout());
        store.add(work);
        monitor.begun(counters);
        WorkActor.Parts<J> parts = new WorkActor.Parts<>(
                queue,
                runner,
                options.batch(),
                options.resultCodec().map(codec -> (JobCodec<Object>) codec),
                Owner.of(runner.pool(), store.database()),
                counters,
                monitor.events(),
                store,
                this::halted,
                store::cancelConfirmed,
                () -> queue.found().thenAccept(ids -> store.wake(ids.queue())),
                ended);
        try {
            system.systemActorOf(
                    WorkActor.create(parts, reach),
                    "workpool-queue-" + name() + "-" + Long.toString(Enqueuer.token() >>> 1, 36),
                    Props.empty());
        } catch (RuntimeException e) { // of a system that has ended
            store.remove(work);
            monitor.ended(counters);
            throw new IllegalStateException(
                    "queue '" + name() + "' cannot be worked on, since no actor can be started in " + system, e);
        }
        monitor.events().tell(each -> each.onWorkBegun(name(), runner.pool()));
        reach.thenAcceptBoth(queue.ids(), (made, ids) -> {
            store.works(ids.queue()).add(made);
            RecurringRuns runs = store.recurring(queue, ids.queue());
            runs.begin();
            ended.whenComplete((done, failure) -> {
                store.works(ids.queue()).remove(made);
                runs.end();
            });
        });
        ended.whenComplete((done, failure) -> {
            store.remove(work);
            monitor.ended(counters);
            monitor.events().tell(each -> each.onWorkEnded(name(), runner.pool(), counters.stats()));
        });
        return work;
    }

    private void halted(long batch) {
        queue.found()
                .thenAccept(
                        ids -> new DurableBatch(store, queue, ids.queue(), batch, Optional.empty(), 0, false).cancel());
    }

    // Limits

    /**
     * Limits how many jobs of the queue run at a time in all processes together. Each process leases a part of that
     * number, so that none is exceeded, whatever becomes of a process: that of one which has died is free after its
     * lease. Processes that have jobs get equal parts, and what cannot be divided in turn.
     *
     * @param most 1 to 1000000; empty, as at first, for as many as the pools have workers
     * @return completes when it is stored; processes follow within about a second. Jobs that run then may end
     * @throws IllegalArgumentException if it is out of range
     */
    public CompletionStage<Done> setConcurrency(OptionalInt most) {
        if (most.isPresent() && (most.getAsInt() < 1 || most.getAsInt() > 1_000_000)) {
            throw new IllegalArgumentException(
                    "concurrency of queue '" + name() + "' = " + most.getAsInt() + "; allowed: 1 to 1000000");
        }
        return limit((limits, connection, id) -> limits.setConcurrency(connection, id, most));
    }

    /**
     * Limits how many jobs of the queue begin per second in all processes together. A job that is tried again where it has
     * run counts once. With a burst of less than two for each process a part of the rate is lost, see {@link RateLimit}.
     *
     * @param rate the limit; empty, as at first, for any number
     * @return completes when it is stored; processes follow within about a second
     */
    public CompletionStage<Done> setRate(Optional<RateLimit> rate) {
        Objects.requireNonNull(rate, "rate");
        return limit((limits, connection, id) -> limits.setRate(connection, id, rate));
    }

    private CompletionStage<Done> limit(Limiting limiting) {
        return ask((connection, ids) -> {
                    limiting.set(new Limits(queue.database().names()), connection, ids.queue());
                    return ids;
                })
                .thenApply(ids -> {
                    store.limitsChanged(ids.queue());
                    return Done.getInstance();
                });
    }

    /** What is limited. */
    private interface Limiting {
        void set(Limits limits, Connection connection, long queue) throws SQLException;
    }

    // Recurring jobs

    /**
     * Has a job enqueued by a schedule, by whichever process works on the queue then: once for each time it is due, as a
     * batch whose key is the name, an {@code @} and that time. The same name again changes the job; it is due as before,
     * unless the schedule is another. A queue that is paused goes on to be given its recurring jobs.
     *
     * @param name 1 to 200 characters, unique in the queue
     * @param schedule when it is due, by the clock of the database
     * @param job not null
     * @param missed what becomes of runs when no process works on the queue
     * @return completes when it is stored
     * @throws IllegalArgumentException if the name is not allowed, or the job cannot be encoded or is too large
     */
    public CompletionStage<Done> recur(String name, Schedule schedule, J job, MissedRuns missed) {
        return recur(name, schedule, job, missed, 0);
    }

    /**
     * Has a job enqueued by a schedule, with a priority.
     *
     * @param name 1 to 200 characters, unique in the queue
     * @param schedule when it is due, by the clock of the database
     * @param job not null
     * @param missed what becomes of runs when no process works on the queue
     * @param priority see {@link EnqueueOptions#withPriority}
     * @return completes when it is stored
     * @throws IllegalArgumentException if the name or the priority is not allowed, or the job cannot be encoded or is too
     *     large
     */
    public CompletionStage<Done> recur(String name, Schedule schedule, J job, MissedRuns missed, int priority) {
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(missed, "missed runs");
        Recurring.checkName(name);
        EnqueueOptions.defaults().withPriority(priority); // checks it
        byte[] encoded = enqueuer.encode(job);
        int lane = queue.lanes().of(job);
        return ask((connection, ids) -> {
                    new Recurring(queue.database().names())
                            .put(
                                    connection,
                                    ids.queue(),
                                    name,
                                    schedule,
                                    missed,
                                    new Recurring.Template(encoded, lane, priority, ids.codec()));
                    return ids;
                })
                .thenApply(ids -> {
                    store.recurringChanged(ids.queue());
                    return Done.getInstance();
                });
    }

    /**
     * Lists the recurring jobs, by name.
     *
     * @return a stage of them
     */
    public CompletionStage<List<RecurringJob>> recurring() {
        return ask((connection, ids) -> new Recurring(queue.database().names()).list(connection, ids.queue()));
    }

    /**
     * Has a job recur no more. What was enqueued already runs.
     *
     * @param name its name
     * @return a stage of whether there was one
     */
    public CompletionStage<Boolean> stopRecurring(String name) {
        Objects.requireNonNull(name, "name");
        return ask((connection, ids) -> new Recurring(queue.database().names()).remove(connection, ids.queue(), name));
    }

    // Looking after

    private <T> CompletableFuture<T> ask(Asked<T> body) {
        return queue.found()
                .thenCompose(ids -> queue.database()
                        .transactions()
                        .patiently(queue.settings().storeTimeout(), connection -> body.run(connection, ids)));
    }

    /** What is asked of the store. */
    private interface Asked<T> {
        T run(Connection connection, Ids ids) throws SQLException;
    }

    /**
     * Finds a batch by its key.
     *
     * @param key that it was enqueued under
     * @return a stage of the batch, empty if there is none, or it was forgotten
     */
    public CompletionStage<Optional<DurableBatch>> batch(String key) {
        return admin.batch(key);
    }

    /**
     * Finds a batch by its number.
     *
     * @param id its number
     * @return a stage of the batch, empty if there is none, or it was forgotten
     */
    public CompletionStage<Optional<DurableBatch>> batch(long id) {
        return admin.batch(id);
    }

    /**
     * Finds a job that was enqueued by itself, by its key.
     *
     * @param key that it was enqueued under
     * @return a stage of the job, empty if there is none, or it was forgotten, or the key is that of a batch
     */
    public CompletionStage<Optional<DurableJob>> job(String key) {
        EnqueueOptions.keyed(key); // checks it
        return ask((connection, ids) -> new Enqueueing(queue.database().names())
                .placeOf(connection, ids.queue(), key)
                .filter(place -> place.index() >= 0)
                .map(place -> job(ids, place)));
    }

    private DurableJob job(Ids ids, JobPlace at) {
        DurableBatch batch =
                new DurableBatch(store, queue, ids.queue(), at.batch(), Optional.empty(), at.jobs(), at.isNew());
        return new DurableJob(store, queue, ids.queue(), batch, at.index(), at.isNew());
    }

    /**
     * Returns what is in the queue.
     *
     * @return a stage of a snapshot
     */
    public CompletionStage<QueueStats> stats() {
        return admin.stats();
    }

    /**
     * Returns what the pools of this process have done for the queue since it was opened here.
     *
     * @return the sums of all that work on it or did
     */
    public WorkStats workStats() {
        return monitor.stats();
    }

    /**
     * Tells whether the store answers, as far as this process knows. At once, and without asking it.
     *
     * @return a snapshot
     */
    public StoreStatus storeStatus() {
        return monitor.store();
    }

    /**
     * Tells whether the queue can do its work, as {@link #health(Duration)} does, however long jobs wait.
     *
     * @return a stage that never fails
     */
    public CompletionStage<PoolHealth> health() {
        return health(Optional.empty());
    }

    /**
     * Tells whether the queue can do its work, and if not, why. Asks the store, for some seconds at most.
     *
     * @param longestWait for how long a job may be due without being claimed; more than 0
     * @return a stage that never fails: up; or degraded if the queue is paused, its store does not answer, a job has been
     *     due for longer, or a lease of this process was lost within the last minute; or down if the store is closed, or
     *     the queue was never opened. Dead letters are no reason
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public CompletionStage<PoolHealth> health(Duration longestWait) {
        if (longestWait.isNegative() || longestWait.isZero()) {
            throw new IllegalArgumentException("longest wait = " + longestWait + "; allowed: more than 0");
        }
        return health(Optional.of(longestWait));
    }

    private CompletionStage<PoolHealth> health(Optional<Duration> longestWait) {
        if (store.whenClosed().isDone()) {
            return CompletableFuture.completedFuture(PoolHealth.down("the job store is closed"));
        } else if (queue.ids().isCompletedExceptionally()) {
            return queue.ids().handle((ids, failure) -> PoolHealth.down("the queue cannot be opened: " + failure));
        } else if (!queue.ids().isDone()) {
            return CompletableFuture.completedFuture(PoolHealth.down("the queue has not been opened yet; the store: "
                    + monitor.store().failure().map(Exception::toString).orElse("is about to answer")));
        }
        Optional<Exception> away = monitor.store().failure();
        if (away.isPresent()) { // an answer now is worth more than one when it is back
            return CompletableFuture.completedFuture(monitor.away(away.get()));
        }
        return queue.database()
                .transactions()
                .work(connection -> admin.contents(connection, queue.ids().join()))
                .orTimeout(HEALTH_WITHIN_S, TimeUnit.SECONDS)
                .handleAsync((stats, failure) ->
                        failure == null ? monitor.health(stats, longestWait) : monitor.away(failure));
    }

    /**
     * Has an observer told what happens to the queue in this process, from now on until the store is closed. Any number
     * of observers may be.
     *
     * @param observer is told
     */
    public void observe(QueueObserver observer) {
        Objects.requireNonNull(observer, "observer");
        if (monitor.add(observer)) {
            queue.ids().thenAccept(ids -> store.observe(ids.queue(), monitor.events()));
        }
    }

    /**
     * Tells when the store has been closed, and the queue with it.
     *
     * @return completes then
     */
    public CompletionStage<Done> whenClosed() {
        return store.whenClosed().minimalCompletionStage();
    }

    /**
     * Keeps all processes from beginning jobs, as {@link QueueAdmin#pause}.
     *
     * @return completes when it is stored; this process is told at once, others hear of it within about half a second
     */
    public CompletionStage<Done> pause() {
        return admin.pause();
    }

    /**
     * Ends a pause.
     *
     * @return completes when it is stored
     */
    public CompletionStage<Done> resume() {
        return admin.resume();
    }

    /**
     * Lists dead letters, the oldest first.
     *
     * @param after the number of the last that was seen; 0 for the first
     * @param limit how many at most, 1 to 10000
     * @return a stage of them
     */
    public CompletionStage<List<DeadLetter<J>>> deadLetters(long after, int limit) {
        return admin.deadLetters(queue.codec(), after, limit);
    }

    /**
     * Enqueues dead letters again, as new batches whose jobs have all their attempts before them. The outcomes of the
     * batches that they came from stay as they are.
     *
     * @param ids their numbers; those that are not there any more are left out
     * @return a stage of the new batches
     */
    public CompletionStage<List<DurableBatch>> requeue(Collection<Long> ids) {
        return admin.requeue(ids);
    }

    /**
     * Deletes dead letters.
     *
     * @param ids their numbers
     * @return a stage of how many there were
     */
    public CompletionStage<Integer> discard(Collection<Long> ids) {
        return admin.discard(ids);
    }

    @Override
    public String toString() {
        return "DurableQueue('" + name() + "' in " + queue.database().description() + ")";
    }
}
