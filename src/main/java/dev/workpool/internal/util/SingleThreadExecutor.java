package dev.workpool.internal.util;

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
import java.util.function.BiConsumer;

/**
 * Runs tasks on one thread, first come, first served. Thread-safe.
 *
 * <p>A {@link java.util.concurrent.ForkJoinPool} of one thread is as cheap, but runs what its own thread submits before
 * anything that others do: actors that keep each other busy would keep everybody else out. A {@link
 * java.util.concurrent.ThreadPoolExecutor} is fair, and makes a node and takes a lock for each task.
 *
 * <p>Here what the thread itself submits goes into a queue of its own. What other threads submit is put on a stack by
 * compare-and-set, which the thread takes as a whole and turns round. It serves the two in turn, so neither keeps the
 * other out. The thread says that it parks before it looks at the stack for the last time, and whoever puts the first
 * element on the stack looks afterwards whether it parks: so one of the two sees the other.
 *
 * <p>Tasks may have others run after a time, by this thread itself: it parks until then at most. To have a thread of
 * timers wake this one takes two wake-ups more.
 *
 * <p>Between two tasks nothing is made and nobody's code is run, so the thread outlives any error, and no task is lost
 * to one.
 */
public final class SingleThreadExecutor extends AbstractExecutorService {
    /** To park, to be unparked and to set a timer meanwhile takes about as long on a processor that has other work. */
    private static final long LOOKOUT_NS = 20_000;

    private static final ThreadLocal<SingleThreadExecutor> CURRENT = new ThreadLocal<>();
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

    /** What another thread has submitted. */
    private static final class Arrival {
        final Runnable task;

        /** On the stack the one that came before it; once it was taken, the one that came after it. */
        Arrival next;

        Arrival(Runnable task) {
            this.task = task;
        }
    }

    /** Takes the place of an empty stack when nothing is run any more. */
    private static final Arrival CLOSED = new Arrival(null);

    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What the thread itself has submitted. Of the thread alone, as all up to {@link #looksOut}. */
    private final ArrayDeque<Runnable> own = new ArrayDeque<>();

    /** The first that was taken from the stack and not run. */
    private Arrival taken;

    private boolean ownsTurn;

    /** What is to be run at a time, by {@link System#nanoTime}. */
    private final TimerQueue<Runnable> timers = new TimerQueue<>();

    private boolean looksOut;

    /** Null: as all other errors. */
    private volatile BiConsumer<Thread, Throwable> fatalErrors;

    private volatile Arrival arrived;
    private volatile boolean parked;
    private volatile boolean shutdown;

    /**
     * Starts the thread.
     *
     * @param threads makes it
     */
    public SingleThreadExecutor(ThreadFactory threads) {
        this.thread = threads.newThread(this::loop);
        thread.start();
    }

    /** {@return the executor whose task calls this; null on any other thread} */
    public static SingleThreadExecutor current() {
        return CURRENT.get();
    }

    /** {@return whether whoever has had such an error cannot be relied on any more} */
    public static boolean isFatal(Throwable error) {
        return error instanceof VirtualMachineError || error instanceof LinkageError;
    }

    /**
     * Has fatal errors go elsewhere than to the thread's handler of uncaught exceptions, which may end the process, and wait
     * for that, and so for this thread.
     *
     * @param receiver is called on the thread, with the thread and the error; neither blocks nor needs memory
     */
    public void onFatalError(BiConsumer<Thread, Throwable> receiver) {
        fatalErrors = receiver;
    }

    /**
     * For a task of such an executor that deals with a fatal error itself.
     *
     * @param error what it has caught
     * @return false if the calling thread is not such an executor's, or nobody wants to know
     */
    public static boolean tellFatal(Throwable error) {
        SingleThreadExecutor current = CURRENT.get();
        BiConsumer<Thread, Throwable> receiver = current == null ? null : current.fatalErrors;
        if (receiver == null) {
            return false;
        }
        receiver.accept(current.thread, error);
        return true;
    }

    /**
     * For a task of such an executor, and of no effect otherwise: what it has set going is over in some microseconds,
     * and a task will be submitted then. So the thread looks out for that for a moment before it parks.
     *
     * <p>It yields meanwhile, to whoever is to bring the task about, if that lacks a processor. If it yields to somebody
     * else who computes, the moment is over when it gets the processor back.
     */
    public static void lookOut() {
        SingleThreadExecutor current = CURRENT.get();
        if (current != null) {
            current.looksOut = true;
        }
    }

    /**
     * Runs a task after some time. For a task of this executor.
     *
     * @param delayNs when, to some tens of microseconds; not at all if the executor is shut down before
     * @param task runs between two others
     * @return what {@link #cancel} takes
     */
    public TimerQueue.Entry<Runnable> runAfter(long delayNs, Runnable task) {
        return timers.add(task, System.nanoTime() + delayNs);
    }

    /** Does not run a task that waits for its time, if it still does. For a task of this executor. */
    public void cancel(TimerQueue.Entry<Runnable> timer) {
        timers.remove(timer);
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
            addOwn(task);
        } else if (push(arrival(task)) && parked && PARKED.compareAndSet(this, true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Akka takes it for granted that a mailbox which it has scheduled is run, so this waits for memory if it has to.
     */
    private static Arrival arrival(Runnable task) {
        while (true) {
            try {
                return new Arrival(task);
            } catch (OutOfMemoryError e) {
                OutOfMemory.pause();
            }
        }
    }

    private void addOwn(Runnable task) {
        while (true) {
            try {
                own.addLast(task);
                return;
            } catch (OutOfMemoryError e) { // it could not grow, and has not changed yet
                OutOfMemory.pause();
            }
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
            arrival.next = top;
        } while (!ARRIVED.compareAndSet(this, top, arrival));
        return top == null;
    }

    private static RejectedExecutionException rejection() {
        return new RejectedExecutionException("the executor has been shut down");
    }

    private void loop() {
        try {
            enter();
            while (true) {
                runDue();
                Runnable next = next();
                if (next != null) {
                    run(next);
                } else if (!shutdown) {
                    await();
                } else if (ARRIVED.compareAndSet(this, null, CLOSED)) {
                    return;
                }
            }
        } finally {
            ended.countDown();
        }
    }

    private void enter() {
        while (CURRENT.get() == null) {
            try {
                CURRENT.set(this);
            } catch (OutOfMemoryError e) {
                OutOfMemory.pause();
            }
        }
    }

    private void runDue() {
        if (timers.size() > 0 && timers.isDue(System.nanoTime())) {
            run(timers.removeFirst());
        }
    }

    /** The next task, in turn of those that the thread itself and that others have submitted; null if there is none. */
    private Runnable next() {
        if (taken == null && arrived != null) {
            take();
        }
        ownsTurn = !ownsTurn;
        if (taken == null || (ownsTurn && !own.isEmpty())) {
            return own.pollFirst();
        }
        Runnable task = taken.task;
        taken = taken.next;
        return task;
    }

    /** Takes what other threads have submitted, the first first. */
    private void take() {
        Arrival top = (Arrival) ARRIVED.getAndSet(this, null);
        while (top != null) {
            Arrival below = top.next;
            top.next = taken;
            taken = top;
            top = below;
        }
    }

    private void run(Runnable task) {
        Thread.interrupted(); // nobody's interrupt of an earlier task reaches this one
        try {
            task.run();
        } catch (Throwable t) {
            report(t);
        }
    }

    private void report(Throwable error) {
        try {
            if (!isFatal(error) || !tellFatal(error)) {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
            }
        } catch (Throwable ignored) {
            // as the JVM ignores it
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on who gets the processor
    private void await() {
        if (looksOut) {
            looksOut = false;
            long endNs = System.nanoTime() + LOOKOUT_NS;
            while (arrived == null && System.nanoTime() - endNs < 0) {
                Thread.yield();
            }
        }
        if (arrived == null) {
            park();
        }
    }

    private void park() {
        long leftNs = 0;
        parked = true;
        while (parked && arrived == null && !shutdown && leftNs >= 0) {
            if (timers.size() == 0) {
                LockSupport.park(this);
            } else {
                leftNs = timers.nextDueNs() - System.nanoTime();
                LockSupport.parkNanos(this, leftNs); // returns at once if nothing is left
            }
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
