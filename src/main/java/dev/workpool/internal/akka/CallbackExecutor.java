package dev.workpool.internal.akka;

import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SafeLog;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs users' callbacks on the executor that the settings name, and never refuses: what completes a stage has to run
 * even when the actor system, and with it that executor, is already gone, or when no thread can be started for it.
 */
public final class CallbackExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackExecutor.class);

    private final Executor executor;
    private final Executor later;
    private final LongSupplier clock;
    private final String owner;

    /** Callbacks that were handed over and have not begun. */
    private final AtomicInteger unbegun = new AtomicInteger();

    /** When one has begun last, or was handed over while there was none. Never too early, so never a false alarm. */
    private volatile long newsNs;

    /** What could not be handed to the executor for now, and whether somebody will look. */
    private final Queue<Callback> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean looking = new AtomicBoolean();

    /** Callbacks that have not run, and one more as long as the pool may have others. */
    private final AtomicLong open = new AtomicLong(1);

    private final CompletableFuture<Void> whenAllRan = new CompletableFuture<>();

    /**
     * Wraps an executor.
     *
     * @param executor of the settings
     */
    public CallbackExecutor(Executor executor) {
        this(
                executor,
                task -> {
                    throw new RejectedExecutionException("there is nobody who knows the time");
                },
                System::nanoTime,
                "a pool");
    }

    /**
     * Wraps an executor.
     *
     * @param executor of the settings
     * @param later runs a task after a while on a thread that there is already; may throw if there is none any more
     * @param clock nanoseconds from any origin
     * @param owner whose callbacks it runs, for a person
     */
    public CallbackExecutor(Executor executor, Executor later, LongSupplier clock, String owner) {
        this.owner = owner;
        this.executor = executor;
        this.later = later;
        this.clock = clock;
    }

    /** {@return whose callbacks it runs} */
    @Override
    public String toString() {
        return owner;
    }

    /** {@return for how long none of the callbacks that wait for a thread has begun; 0 if none waits} */
    public Duration waited() {
        return unbegun.get() == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, clock.getAsLong() - newsNs));
    }

    private void begins() {
        newsNs = clock.getAsLong();
        unbegun.decrementAndGet();
    }

    /** A task that is run once, however often it is handed over. */
    private final class Callback extends AtomicReference<Runnable> implements Runnable {
        private static final long serialVersionUID = 1;

        private final transient Runnable whenBegun;
        private final transient Runnable whenRun;

        Callback(Runnable task, Runnable whenBegun, Runnable whenRun) {
            super(task);
            this.whenBegun = whenBegun;
            this.whenRun = whenRun;
        }

        @Override
        public void run() {
            Runnable task = getAndSet(null);
            if (task != null) {
                whenBegun.run();
                runSafely(task);
                whenRun.run();
            }
        }

        private void runSafely(Runnable task) {
            boolean own = Interrupts.own();
            try {
                task.run();
            } catch (Throwable t) {
                SafeLog.error(LOG, "A callback of " + owner + " failed", t);
            }
            Interrupts.clearUnless(own);
        }
    }

    @Override
    public void execute(Runnable task) {
        open.incrementAndGet();
        handOver(task, this::hasRun);
    }

    /** The pool has ended: it has no callbacks any more but those that others may yet bring about. */
    public void poolIsGone() {
        hasRun();
    }

    /** Runs a callback that {@link #whenAllRan} does not wait for. */
    public void executeUnawaited(Runnable task) {
        handOver(task, () -> {});
    }

    private void handOver(Runnable task, Runnable whenRun) {
        Callback callback = new Callback(task, this::begins, whenRun);
        if (unbegun.get() == 0) {
            newsNs = clock.getAsLong();
        }
        unbegun.incrementAndGet();
        if (!handOver(callback)) {
            waiting.add(callback);
            lookLater();
        }
    }

    private void hasRun() {
        if (open.decrementAndGet() == 0) {
            whenAllRan.complete(null);
        }
    }

    /** {@return completes when the pool has ended and all of its callbacks have run} */
    public CompletionStage<Void> whenAllRan() {
        return whenAllRan;
    }

    /** Whether somebody runs it now or has run it. */
    private boolean handOver(Callback callback) {
        try {
            executor.execute(callback);
            return true;
        } catch (RejectedExecutionException e) {
            return runAnywhere(callback);
        } catch (Throwable t) { // mostly a limit on threads; the executor may have queued it all the same
            return callback.get() == null;
        }
    }

    private void lookLater() {
        if (looking.compareAndSet(false, true)) {
            try {
                later.execute(this::handOverAll);
            } catch (Throwable t) { // the actor system has ended
                looking.set(false);
                for (Callback next = waiting.poll(); next != null; next = waiting.poll()) {
                    if (!runAnywhere(next)) {
                        next.run(); // there is nobody left who could
                    }
                }
            }
        }
    }

    private void handOverAll() {
        looking.set(false);
        for (Callback next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!handOver(next)) {
                lookLater();
                return;
            }
            waiting.remove(next);
        }
    }

    private static boolean runAnywhere(Runnable callback) {
        try {
            Thread thread = new Thread(callback, "workpool-late-callback");
            thread.setDaemon(true);
            thread.start();
            return true;
        } catch (Throwable t) {
            return false;
        }
    }
}
