package dev.workpool.internal.event;

import dev.workpool.internal.util.SafeLog;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that wait for one observer, which takes them one at a time on the callback executor. Bounded: what finds no
 * place is dropped and counted. Thread-safe.
 */
final class ObserverQueue {
    private static final Logger LOG = LoggerFactory.getLogger(PoolObserver.class);

    static final int CAPACITY = 1_024;
    static final int PROBLEMS_PER_SECOND = 100;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final String pool;
    private final PoolObserver observer;
    private final SerialExecutor executor;
    private final LongSupplier clock;
    private final Consumer<Throwable> onThrown;

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean hasFailed = new AtomicBoolean();

    /** Whether the last event was told. Confined to the executor. */
    private boolean over;

    /**
     * When the current second began, how many problems were told in it, and how many were omitted since one was told.
     */
    private final AtomicLong secondBegunNs;

    private final AtomicInteger told = new AtomicInteger();
    private final AtomicLong omitted = new AtomicLong();

    ObserverQueue(
            String pool, PoolObserver observer, Executor callbacks, LongSupplier clock, Consumer<Throwable> onThrown) {
        this.onThrown = onThrown;
        this.pool = pool;
        this.observer = observer;
        this.executor = new SerialExecutor(callbacks);
        this.clock = clock;
        this.secondBegunNs = new AtomicLong(clock.getAsLong());
    }

    /**
     * Tells an event, unless too many wait.
     *
     * @return false if it was dropped
     */
    boolean tell(Consumer<PoolObserver> event) {
        if (waiting.getAndIncrement() < CAPACITY) {
            executor.execute(() -> {
                waiting.decrementAndGet();
                tellDropped();
                call(event);
            });
            return true;
        }
        waiting.decrementAndGet();
        dropped.incrementAndGet();
        return false;
    }

    /** Tells an event that has a place in any case. What a thread tells after it, that is too late, is not told. */
    void tellLast(Consumer<PoolObserver> event) {
        executor.execute(() -> {
            tellDropped();
            call(event);
            over = true;
        });
    }

    /**
     * Tells a problem, unless there have been too many in this second.
     *
     * @param problem made from the number of those that were omitted
     */
    void tellProblem(LongFunction<PoolProblem> problem) {
        if (isToTell()) {
            PoolProblem told = problem.apply(omitted.getAndSet(0));
            if (!tell(each -> each.onProblem(told))) {
                omitted.addAndGet(told.omitted());
            }
        } else {
            omitted.incrementAndGet();
        }
    }

    private boolean isToTell() {
        long nowNs = clock.getAsLong();
        long begunNs = secondBegunNs.get();
        if (nowNs - begunNs >= SECOND_NS && secondBegunNs.compareAndSet(begunNs, nowNs)) {
            told.set(0);
        }
        return told.get() < PROBLEMS_PER_SECOND && told.incrementAndGet() <= PROBLEMS_PER_SECOND;
    }

    private void tellDropped() {
        long events = dropped.get() == 0 ? 0 : dropped.getAndSet(0);
        if (events > 0) {
            call(each -> each.onDropped(pool, events));
        }
    }

    private void call(Consumer<PoolObserver> event) {
        if (over) {
            return;
        }
        try {
            event.accept(observer);
        } catch (Throwable t) {
            onThrown.accept(t);
            if (hasFailed.compareAndSet(false, true)) {
                SafeLog.error(
                        LOG,
                        "Pool '" + pool + "': an observer ("
                                + observer.getClass().getName() + ") threw; what it throws later is not logged",
                        t);
            }
        }
    }
}
