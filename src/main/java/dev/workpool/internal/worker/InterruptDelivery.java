package dev.workpool.internal.worker;

import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SafeLog;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the handlers of a pool to stop, one after another, on its own threads. An interrupt closes the channel that its
 * thread is blocked on, and how long that takes is up to the user. Thread-safe; {@link #execute} does not block.
 *
 * <p>Usually one thread does all the work. It starts with the first task and ends when there has been none for a while.
 * While it runs a task and others wait, a second thread watches it: if the task hangs, the second goes on with the
 * rest, and so on. So a task that hangs delays only itself, and costs a thread. If no thread can be started, the caller
 * of {@link #execute} runs the tasks that nobody else will.
 */
final class InterruptDelivery implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptDelivery.class);

    /** A task that takes longer counts as hanging. */
    static final long HANGS_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A thread ends after this time without a task. */
    static final long IDLE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** One to run tasks, one to watch it. */
    private static final int ENOUGH = 2;

    private final String pool;
    private final Consumer<Runnable> starter;

    /** Guards all below; nothing of anybody else's runs under it. */
    private final Object lock = new Object();

    private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Threads that wait for their turn, and those that are being started. */
    private int waiting;

    /** The thread whose turn it is, or null; and since when it has run its task. */
    private Thread turn;

    private long turnBegunNs;
    private boolean closed;

    /**
     * Starts no thread yet.
     *
     * @param pool whose handlers are told, for a person
     * @param starter starts a thread that runs what it is given, or throws
     */
    InterruptDelivery(String pool, Consumer<Runnable> starter) {
        this.pool = pool;
        this.starter = starter;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            tasks.add(task);
            if (waiting > 0) {
                if (turn == null || tasks.size() == 1) {
                    lock.notify(); // to run it, or to watch who runs the one before
                }
                return;
            }
            waiting++;
        }
        startThread();
    }

    /** The pool is gone: threads end as soon as they have nothing to do. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** One that was counted as waiting before. */
    private void startThread() {
        try {
            starter.accept(this::run);
        } catch (Throwable t) { // mostly a limit on threads, which is an Error
            synchronized (lock) {
                waiting--;
            }
            runWhatNobodyWill();
        }
    }

    private void runWhatNobodyWill() {
        Runnable task;
        do {
            synchronized (lock) {
                task = turn == null && waiting == 0 ? tasks.poll() : null;
            }
            runSafely(task);
        } while (task != null);
    }

    private void run() {
        Runnable task;
        while ((task = await()) != null) {
            runSafely(task);
            synchronized (lock) {
                if (turn == Thread.currentThread()) {
                    turn = null; // else the task hung, and another has gone on
                }
                if (waiting >= ENOUGH && (tasks.isEmpty() || turn != null)) {
                    return;
                }
                waiting++;
            }
        }
    }

    private void runSafely(Runnable task) {
        if (task != null) {
            boolean own = Interrupts.own();
            try {
                task.run();
            } catch (Throwable t) {
                SafeLog.error(LOG, "Pool '" + pool + "': telling a handler to stop failed", t);
            }
            Interrupts.clearUnless(own); // what closes a channel is the user's, and may leave one behind
        }
    }

    /**
     * The next task, once it is this thread's turn; null if the thread is to end. The thread counts as waiting until
     * then.
     */
    private Runnable await() {
        Runnable task;
        boolean unwatched;
        synchronized (lock) {
            long idleUntilNs = System.nanoTime() + IDLE_NS;
            while (true) {
                long now = System.nanoTime();
                long forNs = tasks.isEmpty() ? idleUntilNs - now : turn == null ? 0 : turnBegunNs + HANGS_NS - now;
                if (tasks.isEmpty() && (closed || forNs <= 0)) {
                    waiting--;
                    return null;
                } else if (forNs <= 0) {
                    break;
                }
                waitFor(forNs);
            }
            task = tasks.remove();
            turn = Thread.currentThread();
            turnBegunNs = System.nanoTime();
            waiting--;
            unwatched = !tasks.isEmpty() && waiting == 0;
            waiting += unwatched ? 1 : 0;
        }
        if (unwatched) {
            startThread();
        }
        return task;
    }

    @SuppressWarnings("WaitNotInLoop") // the caller is one
    private void waitFor(long ns) {
        try {
            lock.wait(TimeUnit.NANOSECONDS.toMillis(ns) + 1);
        } catch (InterruptedException e) {
            return; // by somebody who has no business with this thread; the caller looks again
        }
    }
}
