package dev.workpool.testkit;

import akka.actor.PoisonPill;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.WorkerPool;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs pools for a test: on the test's thread, one thing after another, in virtual time. What takes hours in production
 * takes milliseconds, and each run is the same.
 *
 * <pre>{@code
 * try (WorkerPoolTestKit kit = WorkerPoolTestKit.create()) {
 *     Script<Integer, String> script = Script.of((Integer job) -> "done").on(3).failsWith(new IOException("down"));
 *     Batch<String> batch = kit.start("pool", script).submitAll(List.of(1, 2, 3));
 *     kit.advance(Duration.ofHours(1));
 *     assertThat(batch).isComplete().hasSucceeded(2).hasFailed(1);
 * }
 * }</pre>
 *
 * <p>Every pool in {@link #system} runs like that, also one that the application starts there itself, whether by {@link
 * WorkerPool#start}, as an actor, or as a {@link dev.workpool.PoolExecutor}. A thread that waits for a pool's job, batch
 * or end ({@code get}, {@code join}, {@code close}) has virtual time pass until that is there, or gets an {@link
 * IllegalStateException} that says what stands still. Handlers are called on the thread of the test, and must not wait
 * for anything but pools.
 *
 * <p>An {@link AssertionError} in a handler or a consumer of outcomes ends the test: whoever drives the pools gets it at
 * once. So does whatever a batch's consumer or an observer throws, which in production is only logged: as the cause of
 * an {@link AssertionError}. Use by one thread at a time; {@link #close} at the end.
 */
public final class WorkerPoolTestKit implements AutoCloseable {
    /** Where and when jobs run. */
    public enum Mode {
        /** On the test's thread, as the test has them run: by {@link #drain}, {@link #advance} and their like. */
        VIRTUAL,

        /**
         * The same, but all that can happen without time has happened when a call returns that brings it about, such as
         * {@link WorkerPool#submit}.
         */
        INLINE,

        /**
         * The same as {@link #INLINE}, but a job that a worker has taken waits until the test runs it by {@link
         * #runNext} or {@link #drain}.
         */
        MANUAL,

        /** On threads of the pools' own, in real time, as in production, with the faults that the test asks for. */
        REAL
    }

    private static final Duration TO_END = Duration.ofSeconds(10);
    private static final AtomicLong SYSTEMS = new AtomicLong();

    private static final String ONE_THREAD = "{ type = Dispatcher, executor = \"" + DrivenExecutor.class.getName()
            + "\", throughput = 1," + " throughput-deadline-time = 0ms }";

    /** The system ends without asking the pools, which a test may have left with jobs that hang. */
    private static final Config ALWAYS = ConfigFactory.parseString(
            "akka.coordinated-shutdown { run-by-actor-system-terminate = off, run-by-jvm-shutdown-hook = off, exit-jvm = off }");

    private static final Config REAL =
            ConfigFactory.parseString("akka.scheduler.implementation = \"" + RealScheduler.class.getName() + "\"");

    private static final Config VIRTUAL = ConfigFactory.parseString(String.join(
            "\n",
            "akka.scheduler.implementation = \"" + VirtualScheduler.class.getName() + "\"",
            // That of Akka's distributed data, which comes with its cluster, has a timer that never ends.
            "akka.actor.serializers.akka-data-replication = \"" + UnusedSerializer.class.getName() + "\"",
            "akka.actor.serialization-bindings.\"akka.cluster.ddata.Replicator$ReplicatorMessage\" = none",
            "akka.actor.default-dispatcher = " + ONE_THREAD,
            "akka.actor.internal-dispatcher = " + ONE_THREAD,
            "akka.actor.default-blocking-io-dispatcher = " + ONE_THREAD,
            "workpool.dispatchers.control = " + ONE_THREAD,
            "workpool.dispatchers.callback = " + ONE_THREAD,
            "workpool.dispatchers.async = " + ONE_THREAD));

    /** Each job's outcome is told at once, and does not wait for others, which would take time. */
    private static final Config BY_DEFAULT = ConfigFactory.parseString("workpool.chunk.max-jobs = 1");

    private final TestKitOptions options;
    private final ActorSystem<Void> system;
    private final Recorder recorder;

    /** One of them is null. */
    private final VirtualScheduler virtual;

    private final RealScheduler real;

    private boolean isClosed;

    private WorkerPoolTestKit(TestKitOptions options) {
        this.options = options;
        boolean isReal = options.mode() == Mode.REAL;
        Config config = ALWAYS.withFallback(isReal ? REAL : VIRTUAL)
                .withFallback(options.config())
                .withFallback(isReal ? ConfigFactory.empty() : BY_DEFAULT)
                .withFallback(ConfigFactory.load());
        this.system = ActorSystem.create(Behaviors.empty(), "workpool-test-" + SYSTEMS.incrementAndGet(), config);
        long seed = options.seed().orElse(0);
        Object scheduler = system.classicSystem().scheduler();
        if (isReal) {
            this.virtual = null;
            this.real = (RealScheduler) scheduler;
            this.recorder = real.recorder();
            real.configure(seed, options.delays());
        } else {
            this.real = null;
            this.virtual = (VirtualScheduler) scheduler;
            this.recorder = virtual.recorder();
            virtual.simulator().start(options.mode() != Mode.VIRTUAL, this::describe);
            virtual.simulator().seed(seed, options.seed().isPresent());
            virtual.handlers().configure(options.mode() == Mode.MANUAL, options.delays());
        }
        recorder.open(system.name());
    }

    /**
     * Makes a kit in virtual time, in which everything happens in the order in which it came about.
     *
     * @return to be closed
     */
    public static WorkerPoolTestKit create() {
        return create(TestKitOptions.defaults());
    }

    /**
     * Makes a kit.
     *
     * @param options how it runs pools
     * @return to be closed
     */
    public static WorkerPoolTestKit create(TestKitOptions options) {
        return new WorkerPoolTestKit(Objects.requireNonNull(options, "options"));
    }

    /**
     * Runs a test with many seeds, each with a kit of its own in virtual time, to find what depends on the order in
     * which things happen.
     *
     * @param seeds how many, from 0 on; 1 or more
     * @param test run with each
     * @throws IllegalArgumentException if there is no seed
     * @throws AssertionError what a test throws, with the seed, which repeats it: {@link TestKitOptions#withSeed}
     */
    public static void forEachSeed(int seeds, Consumer<WorkerPoolTestKit> test) {
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds = " + seeds + "; allowed: 1 or more");
        }
        for (int seed = 0; seed < seeds; seed++) {
            try (WorkerPoolTestKit kit = create(TestKitOptions.defaults().withSeed(seed))) {
                test.accept(kit);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** {@return the actor system of the pools; whatever else runs in it goes by the same thread and time} */
    public ActorSystem<Void> system() {
        return system;
    }

    /** {@return how this kit runs pools} */
    public TestKitOptions options() {
        return options;
    }

    /**
     * The settings of a pool.
     *
     * @param name the pool's
     * @return as the system's configuration has them
     */
    public WorkerPoolSettings settings(String name) {
        return WorkerPoolSettings.create(system, name);
    }

    /**
     * Starts a pool, as {@link WorkerPool#start} does.
     *
     * @param name of a pool that does not run
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     */
    public <J, R> WorkerPool<J, R> start(String name, JobHandler.Simple<J, R> handler) {
        return WorkerPool.start(system, name, handler);
    }

    /**
     * Starts a pool, as {@link WorkerPool#start} does.
     *
     * @param name of a pool that does not run
     * @param handler runs the jobs; perhaps a {@link Script}
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     */
    public <J, R> WorkerPool<J, R> start(String name, JobHandler<J, R> handler) {
        return WorkerPool.start(system, name, handler);
    }

    /**
     * Starts a pool, as {@link WorkerPool#start} does.
     *
     * @param settings its settings, which name it
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     */
    public <J, R> WorkerPool<J, R> start(WorkerPoolSettings settings, JobHandler.Simple<J, R> handler) {
        return WorkerPool.start(system, settings, handler);
    }

    /**
     * Starts a pool, as {@link WorkerPool#start} does.
     *
     * @param settings its settings, which name it
     * @param handler runs the jobs; perhaps a {@link Script}
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     */
    public <J, R> WorkerPool<J, R> start(WorkerPoolSettings settings, JobHandler<J, R> handler) {
        return WorkerPool.start(system, settings, handler);
    }

    /**
     * Starts a pool, as {@link WorkerPool#startAsync} does.
     *
     * @param settings its settings, which name it
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     */
    public <J, R> WorkerPool<J, R> startAsync(WorkerPoolSettings settings, AsyncJobHandler<J, R> handler) {
        return WorkerPool.startAsync(system, settings, handler);
    }

    // Time

    /** {@return how much virtual time has passed since the kit was made} */
    public Duration time() {
        return Duration.ofNanos(virtual("time()").time().nowNs());
    }

    /** {@return a clock that shows virtual time, for what the application asks for the time; it begins at the epoch} */
    public Clock clock() {
        return new VirtualClock(virtual("clock()").time(), ZoneOffset.UTC);
    }

    private static final class VirtualClock extends Clock {
        private final VirtualTime time;
        private final ZoneId zone;

        VirtualClock(VirtualTime time, ZoneId zone) {
            this.time = time;
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId newZone) {
            return new VirtualClock(time, newZone);
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(time.nowNs());
        }
    }

    /**
     * Runs all that can run now, has time pass, and runs what becomes due on the way at its time.
     *
     * @param duration 0 or more
     */
    public void advance(Duration duration) {
        Objects.requireNonNull(duration, "duration");
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration = " + duration + "; allowed: 0 or more");
        }
        virtual("advance()").advance(duration);
    }

    /**
     * Has time pass until no pool has a job left without an outcome, from one timer to the next.
     *
     * @throws IllegalStateException if that cannot happen, with a text that says which jobs stand still
     */
    public void skipToIdle() {
        Simulator simulator = virtual("skipToIdle()");
        do {
            simulator.run();
            simulator.goOnUntil(recorder::isIdle, Long.MAX_VALUE);
            simulator.run(); // callbacks, which may submit more
        } while (!recorder.isIdle());
    }

    /**
     * Has time pass until a stage is complete, from one timer to the next. In real time it waits, for as long as the
     * options' patience. Where the stage is a pool's own, {@code join} does the same.
     *
     * @param stage of anything in the actor system
     * @param <T> type of the result
     * @return the result
     * @throws java.util.concurrent.CompletionException if the stage fails
     * @throws java.util.concurrent.CancellationException if it is cancelled
     * @throws IllegalStateException if nothing can happen any more that completes it, or in real time has not happened
     */
    public <T> T await(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (virtual != null) {
            virtual.simulator().goOnUntil(future::isDone, Long.MAX_VALUE);
        } else {
            awaitReally(future);
            real.failure().throwOnce();
        }
        return future.join();
    }

    private void awaitReally(CompletableFuture<?> future) {
        try {
            future.get(options.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return; // as join says
        } catch (TimeoutException e) {
            throw new IllegalStateException("not complete after " + options.patience() + describe(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    // Steps

    /**
     * Runs all that can run without time: jobs, what the pools' actors do, callbacks. With {@link Mode#MANUAL} also the
     * jobs that wait for the test.
     */
    public void drain() {
        Simulator simulator = virtual("drain()");
        do {
            simulator.run();
        } while (virtual.handlers().runNext());
    }

    /**
     * Does one thing that can be done without time: runs a job, has an actor handle a message, or calls a callback.
     *
     * @return false if there was nothing to do
     */
    public boolean step() {
        return virtual("step()").step();
    }

    /**
     * Runs a check after each step, such as one of what always holds. What it throws ends the test.
     *
     * @param check must not wait
     */
    public void afterEachStep(Runnable check) {
        virtual("afterEachStep()").afterEachStep(Objects.requireNonNull(check, "check"));
    }

    /**
     * Runs the job that a worker has had for longest, where jobs wait for the test.
     *
     * @return false if no worker has one
     * @throws IllegalStateException if the mode is not {@link Mode#MANUAL}
     */
    public boolean runNext() {
        if (options.mode() != Mode.MANUAL) {
            throw new IllegalStateException("runNext() is for jobs that wait for the test, in mode MANUAL");
        }
        Simulator simulator = virtual.simulator();
        simulator.run();
        boolean ran = virtual.handlers().runNext();
        simulator.run();
        return ran;
    }

    // What has happened

    /**
     * The jobs that were submitted to a pool, one by one or in batches, in that order; not those of streams and of
     * actors.
     *
     * @param pool in the system of this kit
     * @return a copy
     */
    public List<Object> submissions(WorkerPool<?, ?> pool) {
        checkOwn(pool);
        return recorder.submissions(pool.name());
    }

    /**
     * The calls of a pool's handler, in the order in which they began.
     *
     * @param pool in the system of this kit
     * @return a copy
     */
    public List<Attempt> attempts(WorkerPool<?, ?> pool) {
        checkOwn(pool);
        return recorder.attempts(pool.name());
    }

    /** A pool of another system has done nothing here, which would say nothing of it. */
    private void checkOwn(WorkerPool<?, ?> pool) {
        if (!Objects.requireNonNull(pool, "pool").ref().path().address().equals(system.address())) {
            throw new IllegalArgumentException(
                    "pool '" + pool.name() + "' is not in the system of this kit; start it in kit.system()");
        }
    }

    // Faults

    /**
     * Stops a worker's actor, as a fault would: its jobs are run by others, or are cancelled if they have begun.
     *
     * @param pool in the system of this kit
     * @param workerIndex 0 to workers − 1
     */
    public void killWorker(WorkerPool<?, ?> pool, int workerIndex) {
        checkOwn(pool);
        if (workerIndex < 0 || workerIndex >= pool.snapshot().mostWorkers()) {
            throw new IllegalArgumentException("workerIndex = " + workerIndex + "; allowed: 0 to "
                    + (pool.snapshot().mostWorkers() - 1));
        }
        Adapter.toClassic(system)
                .actorSelection(pool.ref().path() + "/router/worker-" + workerIndex + "-*")
                .tell(PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
    }

    /** From now on this seed decides what is left to chance, and in which order things happen. */
    void reseed(long seed) {
        virtual("reseed()").seed(seed, true);
    }

    private Simulator virtual(String method) {
        if (virtual == null) {
            throw new IllegalStateException(method + " is for virtual time, and the mode is REAL");
        }
        return virtual.simulator();
    }

    private String describe() {
        return recorder.describe()
                + (virtual != null && virtual.handlers().held() > 0
                        ? "\n  " + virtual.handlers().held() + " jobs wait for runNext() or drain()"
                        : "")
                + (options.seed().isPresent() ? "\n  seed " + options.seed().getAsLong() : "");
    }

    /**
     * Ends the actor system, and with it its pools: jobs that are left are cancelled. Blocks until then. Harmless when
     * repeated.
     *
     * @throws AssertionError if one has failed in a handler, or a consumer or observer has thrown, and nobody has been
     *     told
     * @throws IllegalStateException if the system has not ended within 10 seconds
     */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (virtual == null) {
            real.release();
        } else {
            virtual.simulator().free();
        }
        system.terminate();
        awaitEnd();
        Recorder.close(system.name());
        if (virtual == null) {
            real.failure().throwOnce();
        } else {
            virtual.simulator().end();
            virtual.simulator().failure().throwOnce();
        }
    }

    private void awaitEnd() {
        try {
            system.getWhenTerminated().toCompletableFuture().get(TO_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("the actor system of the test kit has not ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
