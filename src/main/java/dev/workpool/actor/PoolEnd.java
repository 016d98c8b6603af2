package dev.workpool.actor;

import akka.Done;
import dev.workpool.PoolStats;
import dev.workpool.WorkerPoolSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is done when a pool that was started has ended, once: by its actor as the last thing, or when its actor system has ended. A system
 * that ends while the pool is started never runs the actor, and then everybody who asked the pool for anything is answered from here.
 *
 * <p>Thread-safe. The system is said to have ended only after every actor that ever ran has stopped, so the two do not meet in practice;
 * whoever comes first by a compare-and-set does it. It holds nothing of the pool's handle, since the actor refers to it.
 */
final class PoolEnd {
    private final WorkerPoolSettings settings;
    private final PoolNames names;
    private final Intake<?, ?> intake;
    private final Admission admission;
    private final ShutdownHook hook;
    private final WorkerThreads threads;
    private final CallbackExecutor callbacks;
    private final GuardedFuture.Stage<Done> ended;
    private final CountDownLatch gone = new CountDownLatch(1);
    private final AtomicBoolean over = new AtomicBoolean();

    PoolEnd(
            WorkerPoolSettings settings,
            PoolNames names,
            Intake<?, ?> intake,
            Admission admission,
            ShutdownHook hook,
            WorkerThreads threads,
            CallbackExecutor callbacks,
            GuardedFuture.Stage<Done> ended) {
        this.settings = settings;
        this.names = names;
        this.intake = intake;
        this.admission = admission;
        this.hook = hook;
        this.threads = threads;
        this.callbacks = callbacks;
        this.ended = ended;
    }

    /** {@return what opens when the pool is gone} */
    CountDownLatch gone() {
        return gone;
    }

    /**
     * The pool's actor has answered everybody, and nothing of the pool is left but itself. On its thread.
     *
     * @param whenKnown run once the pool's stage is complete, on any thread
     */
    void actorHasAnswered(Runnable whenKnown) {
        if (over.compareAndSet(false, true)) {
            release(whenKnown);
        }
    }

    /** The actor system has ended. On any thread. */
    void systemHasEnded() {
        if (over.compareAndSet(false, true)) {
            admission.close(); // for those who wait for room
            String reason = "pool '" + settings.name() + "' has ended with its actor system";
            intake.close(new Request.Closed(reason, statsOfNothing()), callbacks);
            release(() -> {});
        }
    }

    /** The pool was not started after all. Nobody has its handle. */
    void notStarted() {
        if (over.compareAndSet(false, true)) {
            names.giveBack(settings.name());
        }
        hook.poolHasTold(); // also where the system's end was first: it may have been registered since
    }

    private void release(Runnable whenKnown) {
        names.giveBack(settings.name());
        hook.poolIsGone();
        callbacks.poolIsGone();
        callbacks.whenAllRan().thenRun(hook::poolHasTold);
        threads.poolIsGone();
        gone.countDown();
        callbacks.executeUnawaited(() -> {
            // Last of all that depends on it, and so the first to be run: a user's may take its time.
            ended.whenComplete((done, error) -> whenKnown.run());
            ended.settle(Done.getInstance());
        });
    }

    private PoolStats statsOfNothing() {
        return new PoolStats(settings.name(), settings.workers(), 0, 0, 0, 0, 0, 0, 0, admission.takeRejected(), 0);
    }
}
