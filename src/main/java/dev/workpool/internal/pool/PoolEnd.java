package dev.workpool.internal.pool;

import akka.Done;
import dev.workpool.internal.akka.CallbackExecutor;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does, once, what remains when a started pool has ended. Its actor calls it as the last thing, or the end of its actor
 * system does. A system that ends while the pool is being started never runs the actor; then everybody who asked the
 * pool for anything is answered from here.
 *
 * <p>Thread-safe. The system reports its end only after every actor that ever ran has stopped, so the two do not meet
 * in practice; the first by a compare-and-set does it. It has no reference to the pool's handle, since the actor refers
 * to it.
 */
final class PoolEnd {
    private final WorkerPoolSettings settings;
    private final PoolNames names;
    private final RequestQueue<?, ?> requestQueue;
    private final QueueCapacity queueCapacity;
    private final ShutdownHook hook;
    private final WorkerThreads threads;
    private final CallbackExecutor callbacks;
    private final Runnable tellObservers;
    private final GuardedFuture.Stage<Done> ended;
    private final CountDownLatch gone = new CountDownLatch(1);
    private final AtomicBoolean over = new AtomicBoolean();

    PoolEnd(
            WorkerPoolSettings settings,
            PoolNames names,
            RequestQueue<?, ?> requestQueue,
            QueueCapacity queueCapacity,
            ShutdownHook hook,
            WorkerThreads threads,
            CallbackExecutor callbacks,
            Runnable tellObservers,
            GuardedFuture.Stage<Done> ended) {
        this.settings = settings;
        this.names = names;
        this.requestQueue = requestQueue;
        this.queueCapacity = queueCapacity;
        this.hook = hook;
        this.threads = threads;
        this.callbacks = callbacks;
        this.tellObservers = tellObservers;
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
            queueCapacity.close(); // for those who wait for room
            String reason = "pool '" + settings.name() + "' has ended with its actor system";
            requestQueue.close(new Request.Closed(reason, statsOfNothing()), callbacks);
            tellObservers.run();
            release(() -> {});
        }
    }

    /** The pool was not started after all. Nobody has its handle. */
    void notStarted() {
        if (over.compareAndSet(false, true)) {
            names.giveBack(settings.name());
            tellObservers.run();
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
        return new PoolStats(settings.name(), settings.workers(), 0, 0, 0, 0, 0, 0, 0, queueCapacity.takeRejected(), 0);
    }
}
