package dev.workpool.durable.internal.store;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that use the store, a few at a time, and then run what waits for the answer. The thread that has an answer lets
 * the next one into the store and goes on with its caller's code: so nobody waits for another thread to wake up, and
 * users' code may block, even for the next answer. Any thread may call it; {@code waiting}, {@code inside} and {@code
 * isClosed} are guarded by this.
 */
final class StoreThreads {
    private final int most;
    private final ThreadPoolExecutor threads;
    private final Queue<Task> waiting = new ArrayDeque<>();
    private int inside;
    private boolean isClosed;

    /** Uses the store, and returns what is to be done after that, outside. */
    interface Task {
        Runnable run();
    }

    /**
     * No thread yet.
     *
     * @param most how many use the store at a time
     * @param factory makes threads; they end when there is nothing to do
     */
    StoreThreads(int most, ThreadFactory factory) {
        this.most = most;
        this.threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 2, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    /** The same threads, for what does not use the store. */
    Executor outside() {
        return threads;
    }

    /**
     * Has a task run as soon as there is room in the store.
     *
     * @throws RejectedExecutionException if it is closed
     */
    void execute(Task task) {
        synchronized (this) {
            if (isClosed) {
                throw new RejectedExecutionException();
            }
            if (inside == most) {
                waiting.add(task);
                return;
            }
            inside++;
        }
        threads.execute(() -> run(task));
    }

    private void run(Task task) {
        Runnable after;
        try {
            after = task.run();
        } finally {
            leave();
        }
        after.run();
    }

    private void leave() {
        Task next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                inside--;
                notifyAll();
                return;
            }
        }
        threads.execute(() -> run(next));
    }

    /** Lets no more tasks in, and waits until those that were let in are out of the store. */
    synchronized void close(long mostMs) throws InterruptedException {
        isClosed = true;
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
        for (long leftNs = untilNs - System.nanoTime();
                inside > 0 && leftNs > 0;
                leftNs = untilNs - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        }
    }
}
