package dev.workpool.internal.pool;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import dev.workpool.internal.akka.CallbackExecutor;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.BlockedCalls;
import dev.workpool.internal.worker.CallerRuns;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.internal.worker.JobDescriber;
import dev.workpool.internal.worker.PoolGuard;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.RunningJobs;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.job.PoolHealth;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A started pool, as threads see it from outside its actors. Thread-safe. */
public final class RunningPool<J, R> {
    /** Callbacks that have not begun after this time wait for others that block. */
    private static final Duration CALLBACKS_BEGIN_WITHIN = Duration.ofSeconds(5);

    private final WorkerPoolSettings settings;
    private final Workplace<J, R> workplace;
    private final RequestQueue<J, R> requestQueue;
    private final JobSubmitter<J, R> jobSubmitter;
    private final PoolGuard guard;
    private final JobCarrier<J> carrier;
    private final CallbackExecutor callbacks;
    private final WorkerThreads threads;
    private final Runner.Factory<J, R> runners;
    private final ActorRef<PoolCommand<J, R>> ref;
    private final CompletionStage<Done> ended;
    private final CountDownLatch gone;
    private final TestHarness harness;
    private final boolean timeIsMovedByHand;
    private final QueueCapacity queueCapacity;
    private final PoolGauges gauges;
    private final RunningJobs<J, R> runningJobs;

    /**
     * Starts a pool.
     *
     * @param system where its actors run
     * @param settings its settings
     * @param handler runs its jobs
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     * @throws IllegalStateException if the actor system has ended
     */
    public RunningPool(ActorSystem<?> system, WorkerPoolSettings settings, Handler<J, R> handler) {
        this(system, settings, Workplace.here(handler));
    }

    /**
     * Starts a pool whose jobs run somewhere.
     *
     * @param system where its actors run
     * @param settings its settings
     * @param workplace where its jobs run
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     * @throws IllegalStateException if the actor system has ended
     */
    public RunningPool(ActorSystem<?> system, WorkerPoolSettings settings, Workplace<J, R> workplace) {
        this.settings = settings;
        this.workplace = workplace;
        this.gauges = PoolRoot.gauges(system, settings);
        this.harness = TestHarness.of(system);
        this.timeIsMovedByHand = PoolClock.isByHand(PoolClock.of(system));
        this.requestQueue = RequestQueue.of(settings, workplace::idleAtFirst);
        this.guard = new PoolGuard(requestQueue, settings.name(), harness);
        this.carrier = JobCarrier.of(settings.contextPropagators());
        this.callbacks = PoolRoot.callbacks(system, settings);
        this.threads = WorkerThreads.of(settings);
        LongSupplier clock = PoolClock.of(system);
        this.queueCapacity = QueueCapacity.of(settings, requestQueue);
        this.runners = workplace.runners(
                new Workplace.Parts<>(system, settings, carrier, requestQueue, threads, gauges.times, callbacks));
        PoolEvents events = PoolRoot.events(system, settings, callbacks);
        this.jobSubmitter = new JobSubmitter<>(
                settings,
                queueCapacity,
                requestQueue,
                new CallerRuns<>(runners, settings.retry(), clock, harness),
                callbacks,
                harness,
                events);
        this.runningJobs = new RunningJobs<>(runners, clock, new JobDescriber(settings));
        ShutdownHook hook = shutdownHook(settings, jobSubmitter, requestQueue, callbacks, timeIsMovedByHand);
        GuardedFuture.Stage<Done> whenEnded = new GuardedFuture.Stage<>(guard);
        PoolNames names = PoolNames.of(system);
        PoolGauges numbers = gauges; // PoolEnd must not refer to this
        QueueCapacity capacity = queueCapacity;
        Supplier<PoolSnapshot> last = () -> numbers.snapshot(settings.name(), capacity.rejected(), capacity.capacity());
        PoolEnd end = new PoolEnd(
                settings,
                names,
                requestQueue,
                queueCapacity,
                hook,
                threads,
                callbacks,
                () -> events.ended(last.get()),
                whenEnded);
        this.ended = whenEnded;
        this.gone = end.gone();
        String actorName = names.take(settings.name(), end::systemHasEnded);
        try {
            hook.register(system);
            Behavior<PoolCommand<J, R>> root = PoolRoot.create(
                    system,
                    settings,
                    workplace.routers(system, settings, runners, callbacks, gauges, events),
                    requestQueue,
                    queueCapacity,
                    callbacks,
                    end::actorHasAnswered,
                    gauges,
                    events);
            this.ref =
                    system.systemActorOf(root, actorName, DispatcherSelector.fromConfig(settings.controlDispatcher()));
        } catch (RuntimeException e) {
            end.notStarted();
            throw e instanceof IllegalStateException ? systemHasEnded(system, settings, e) : e;
        }
        PoolWatch.Pool watched = new PoolWatch.Pool(
                settings.name(), system.name(), last, new BlockedCalls(settings.name(), runningJobs));
        PoolWatch.add(watched);
        whenEnded.whenComplete((done, error) -> PoolWatch.remove(watched));
    }

    /** Akka's own message does not name the pool. */
    private static IllegalStateException systemHasEnded(
            ActorSystem<?> system, WorkerPoolSettings settings, RuntimeException cause) {
        return new IllegalStateException(
                "pool '" + settings.name() + "' cannot be started: its actor system '" + system.name() + "' has ended",
                cause);
    }

    /** What the system's end does to the pool. It has no reference to the pool's handle. */
    private static <J, R> ShutdownHook shutdownHook(
            WorkerPoolSettings settings,
            JobSubmitter<J, R> jobSubmitter,
            RequestQueue<J, R> requestQueue,
            Executor callbacks,
            boolean timeIsMovedByHand) {
        return new ShutdownHook(
                settings,
                () -> {
                    jobSubmitter.close();
                    if (timeIsMovedByHand) {
                        requestQueue.offer(new Request.NoMoreTime<>()); // nobody moves it while the system ends
                    }
                    requestQueue.offer(new Request.End<>(Request.End.How.DRAIN, () -> {}));
                    jobSubmitter.ending();
                },
                asker -> requestQueue.offer(new Request.Stats<>(stats -> {
                    callbacks.execute(() -> asker.accept(stats.queued() + stats.running()));
                    requestQueue.offer(new Request.End<>(Request.End.How.ABORT, () -> {}));
                })));
    }

    /** {@return the pool's settings, as it was started with} */
    public WorkerPoolSettings settings() {
        return settings;
    }

    /** {@return where its jobs run} */
    public Workplace<J, R> workplace() {
        return workplace;
    }

    /** {@return the submitter of jobs} */
    public JobSubmitter<J, R> jobSubmitter() {
        return jobSubmitter;
    }

    /** {@return the queue of other requests} */
    public RequestQueue<J, R> requestQueue() {
        return requestQueue;
    }

    /** {@return the guard that keeps its handlers from waiting for it} */
    public PoolGuard guard() {
        return guard;
    }

    /** {@return what takes the place of threads, time and chance in a test} */
    public TestHarness harness() {
        return harness;
    }

    /** {@return what jobs are packed with when they are submitted} */
    public JobCarrier<J> carrier() {
        return carrier;
    }

    /** What handlers and sources run on. */
    public WorkerThreads threads() {
        return threads;
    }

    /** {@return what users' code runs on} */
    public Executor callbacks() {
        return callbacks;
    }

    /**
     * {@return what opens when the pool is gone and nothing of a job runs any more, not even of a handler that was
     * abandoned}
     */
    public CountDownLatch terminated() {
        return threads.unused();
    }

    /** Interrupts once more the handlers that were told to stop and run on; also when the pool is gone. */
    public void interruptAgain() {
        runners.tellAgain();
    }

    /** {@return the pool's actor} */
    public ActorRef<PoolCommand<J, R>> ref() {
        return ref;
    }

    /**
     * Asks the pool's actors for its statistics.
     *
     * @return a stage of a snapshot; of the last one, if the pool has ended
     */
    public CompletionStage<PoolStats> stats() {
        CompletableFuture<PoolStats> stats = new CompletableFuture<>();
        Executor executor = callbacks;
        requestQueue.offer(new Request.Stats<>(snapshot -> executor.execute(() -> stats.complete(snapshot))));
        return stats.minimalCompletionStage();
    }

    /** {@return a stage that completes when the pool is gone, whoever has ended it} */
    public CompletionStage<Done> whenEnded() {
        return ended;
    }

    /** {@return the statistics that the pool's actors have last published} */
    public PoolSnapshot snapshot() {
        return gauges.snapshot(settings.name(), queueCapacity.rejected(), queueCapacity.capacity());
    }

    /**
     * Tells whether the pool can do its work.
     *
     * @param longestJob for how long a job may run
     * @return its health, with reasons
     */
    public PoolHealth health(Duration longestJob) {
        if (ended.toCompletableFuture().isDone()) {
            return PoolHealth.down("the pool has ended");
        }
        if (jobSubmitter.isClosed()) {
            return PoolHealth.down("the pool is ending and takes no more jobs");
        }
        PoolHealth ofWorkers = PoolHealth.of(snapshot(), longestJob);
        PoolHealth health =
                workplace.whyNobodyWorks().map(ofWorkers::andDegraded).orElse(ofWorkers);
        Duration waited = callbacks.waited();
        return waited.compareTo(CALLBACKS_BEGIN_WITHIN) < 0
                ? health
                : health.andDegraded("callbacks have waited for " + waited.toSeconds() + "s: all threads of "
                        + settings.callbackDispatcher()
                        + " are blocked by consumers, dependents of stages or the like");
    }

    /** {@return what its handlers are at} */
    public RunningJobs<J, R> runningJobs() {
        return runningJobs;
    }

    /** Measures from now on how long jobs take and wait. */
    public void measureTimes() {
        gauges.times.turnOn();
    }

    /**
     * Ends the pool.
     *
     * @param how in which way
     * @return completes when the pool is gone
     */
    public CompletionStage<Done> end(Request.End.How how) {
        StackGuard.check(); // not to be closed and never end
        jobSubmitter.close();
        requestQueue.offer(new Request.End<>(how, () -> {}));
        jobSubmitter.ending();
        return ended;
    }

    /**
     * Closes the pool and waits until it is gone; if the calling thread is interrupted meanwhile, jobs are cancelled at
     * once, and the thread is interrupted again on return.
     *
     * @throws IllegalStateException if called by a handler of this very pool, or by the source of a stream, which would
     *     wait for itself
     */
    public void close() {
        guard.aboutToAwaitEnd("close()", "drain() or abort(), which do not wait");
        letNoTimePass();
        end(Request.End.How.CLOSE);
        if (harness.isOneThread()) {
            harness.goOnUntil(() -> gone.getCount() == 0);
        }
        PatientClose closing = new PatientClose(
                settings, timeIsMovedByHand, gone, this::end, () -> requestQueue.offer(new Request.GraceIsOver<>()));
        boolean interrupted = false;
        while (true) {
            try {
                if (interrupted) {
                    closing.cancel();
                } else {
                    closing.await();
                }
                threads.awaitEnd(closing.forThreads());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Called by whoever is about to wait until the pool has closed. Where its time is moved by hand, nobody will move
     * it meanwhile: what waits for a time is cancelled, now and from now on.
     */
    public void letNoTimePass() {
        if (timeIsMovedByHand) {
            requestQueue.offer(new Request.NoMoreTime<>());
        }
    }

    /**
     * How long a task of an executor may go on while a thread waits for it in {@code close()}, in real time.
     *
     * @return what bounds it, if its own time-out does not since nobody moves the pool's time; empty if nothing does
     */
    public Optional<Duration> timeForTasks() {
        return timeIsMovedByHand
                ? settings.jobTimeout().map(timeout -> Duration.ofNanos(PatientClose.inRealTimeNs(timeout)))
                : Optional.empty();
    }
}
