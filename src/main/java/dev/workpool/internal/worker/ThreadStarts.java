package dev.workpool.internal.worker;

import java.util.concurrent.TimeUnit;

/**
 * Starts the threads of a pool's workers. Thread-safe; does not block.
 *
 * <p>After a thread could not be started, it tries no other for a moment: a thousand workers may be handed jobs at
 * once, each failing try costs some time of the router's thread, and the JVM logs it.
 */
public final class ThreadStarts {
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final WorkerThreads threads;

    /** The last failure, or null if a thread was started since. */
    private volatile Failure last;

    private record Failure(Throwable cause, long untilNs) {}

    ThreadStarts(WorkerThreads threads) {
        this.threads = threads;
    }

    /**
     * Starts a thread.
     *
     * @param workerIndex the worker's
     * @param task what it runs
     * @return the thread, which runs
     * @throws NoThread if there can be no more threads, or could not a moment ago
     */
    Thread start(int workerIndex, Runnable task) {
        Failure recent = last;
        if (recent != null && recent.untilNs - System.nanoTime() > 0) {
            throw new NoThread(recent.cause);
        }
        try {
            Thread thread = threads.startWorker(workerIndex, task);
            last = null;
            return thread;
        } catch (Throwable t) { // a limit on threads shows as an OutOfMemoryError
            last = new Failure(t, System.nanoTime() + PAUSE_NS);
            throw new NoThread(t);
        }
    }

    /** There can be no thread for a worker at the moment. */
    public static final class NoThread extends RuntimeException {
        private static final long serialVersionUID = 1;

        public NoThread(Throwable cause) {
            super(null, cause, false, false);
        }
    }
}
