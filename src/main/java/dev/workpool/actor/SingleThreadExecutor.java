package dev.workpool.actor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs tasks on one thread, first come, first served. Thread-safe.
 *
 * <p>A {@link java.util.concurrent.ForkJoinPool} of one thread is as cheap, but runs what its own thread submits before anything that
 * others do: actors that keep each other busy would keep everybody else out. A {@link java.util.concurrent.ThreadPoolExecutor} is fair, and makes a
 * node and takes a lock for each task.
 *
 * <p>Here what the thread itself submits goes into a queue of its own. What other threads submit is put on a stack by compare-and-set, and
 * moved over before the next task is run, so it waits for one task more at most than in a single queue. The thread says that it parks before it
 * looks at the stack for the last time, and whoever puts the first element on the stack looks afterwards whether it parks: so one of the two
 * sees the other.
 */
final class SingleThreadExecutor extends AbstractExecutorService {
    private static final VarHandle ARRIVED;
    private static final VarHandle PARKED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ARRIVED = lookup.findVarHandle(SingleThreadExecutor.class, "arrived", Arrival.class);
            PARKED = lookup.findVarHandle(SingleThreadExecutor.class, "parked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What another thread has submitted, on a stack. */
    private static final class Arrival {
        final Runnable task;
        Arrival below;

        Arrival(Runnable task) {
            this.task = task;
        }
    }

    /** Takes the place of an empty stack when nothing is run any more. */
    private static final Arrival CLOSED = new Arrival(null);

    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Of the thread alone. */
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();

    private volatile Arrival arrived;
    private volatile boolean parked;
    private volatile boolean shutdown;

    /**
     * Starts the thread.
     *
     * @param threads makes it
     */
    SingleThreadExecutor(ThreadFactory threads) {
        this.thread = threads.newThread(this::loop);
        thread.start();
    }

    /**
     * Runs a task after those that were submitted before.
     *
     * @param task not null; what it throws goes to the thread's handler of uncaught exceptions, and the next is run
     * @throws RejectedExecutionException after a {@link #shutdown}
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        if (shutdown) {
            throw rejection();
        }
        if (Thread.currentThread() == thread) {
            ready.addLast(task);
        } else if (push(new Arrival(task)) && parked && PARKED.compareAndSet(this, true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether it is the first on the stack; if it is not, whoever put the first one there wakes the thread. */
    private boolean push(Arrival arrival) {
        Arrival top;
        do {
            top = arrived;
            if (top == CLOSED) {
                throw rejection();
            }
            arrival.below = top;
        } while (!ARRIVED.compareAndSet(this, top, arrival));
        return top == null;
    }

    private static RejectedExecutionException rejection() {
        return new RejectedExecutionException("the executor has been shut down");
    }

    private void loop() {
        try {
            while (true) {
                if (arrived != null) {
                    take();
                }
                Runnable next = ready.pollFirst();
                if (next != null) {
                    run(next);
                } else if (!shutdown) {
                    park();
                } else if (ARRIVED.compareAndSet(this, null, CLOSED)) {
                    return;
                }
            }
        } finally {
            ended.countDown();
        }
    }

    /** Moves what other threads have submitted over, the first first. */
    private void take() {
        Arrival top = (Arrival) ARRIVED.getAndSet(this, null);
        Arrival first = null;
        while (top != null) {
            Arrival below = top.below;
            top.below = first;
            first = top;
            top = below;
        }
        for (Arrival each = first; each != null; each = each.below) {
            ready.addLast(each.task);
        }
    }

    private void run(Runnable task) {
        Thread.interrupted(); // nobody's interrupt of an earlier task reaches this one
        try {
            task.run();
        } catch (Throwable t) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, t);
        }
    }

    private void park() {
        parked = true;
        while (parked && arrived == null && !shutdown) {
            LockSupport.park(this);
            Thread.interrupted(); // it would not park again
        }
        parked = false;
    }

    /** Takes no more tasks, and runs those that it has. */
    @Override
    public void shutdown() {
        shutdown = true;
        LockSupport.unpark(thread);
    }

    /** As {@link #shutdown}: what was submitted is run. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return ended.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return ended.await(timeout, unit);
    }
}
