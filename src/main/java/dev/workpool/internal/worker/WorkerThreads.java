package dev.workpool.internal.worker;

import dev.workpool.settings.WorkerPoolSettings;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the threads of a pool's blocking handlers, sources and interrupts, and knows which of them are left.
 * Thread-safe.
 *
 * <p>They are daemons: an abandoned handler does not keep the JVM alive. They inherit nothing from the actor's thread
 * that happens to start them, and have the context class loader of the thread that started the pool.
 */
public final class WorkerThreads implements ThreadFactory {
    /** What a thread that has nothing to do may take to end on a busy machine. */
    private static final Duration TO_NOTICE = Duration.ofSeconds(1);

    /** So many threads are kept in any case before it is looked which of them have ended. */
    private static final int FEW = 64;

    private final String pool;
    private final ThreadFactory factory;

    /** Null if they keep their names. */
    private final JobDescriber names;

    private final ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
    private final AtomicLong count = new AtomicLong();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * With how many threads it is looked next which of them have ended: twice as many as were left the last time, so
     * that a thread is looked at about once, however many there are. Two starts at a time may both look.
     */
    private volatile int lookAt = FEW;

    /**
     * The threads that run, and one for the pool as long as it may hand them anything: when none is left, nothing of a
     * job runs any more, not even of a handler that was abandoned. A thread counts itself before it can claim a job.
     */
    private final AtomicLong inUse = new AtomicLong(1);

    private final CountDownLatch unused = new CountDownLatch(1);

    private final InterruptDelivery interrupts;

    WorkerThreads(String pool, ThreadFactory factory) {
        this(pool, factory, null);
    }

    private WorkerThreads(String pool, ThreadFactory factory, JobDescriber names) {
        this.pool = pool;
        this.factory = factory;
        this.names = names;
        this.interrupts = new InterruptDelivery(pool, task -> startOwn("signals", task));
    }

    /**
     * A factory for one pool, whose name the threads' names begin with.
     *
     * @param settings the pool's
     * @return a factory that has made no thread
     */
    public static WorkerThreads of(WorkerPoolSettings settings) {
        return new WorkerThreads(
                settings.name(),
                factory(settings.virtualThreads()),
                settings.namedThreads() ? new JobDescriber(settings) : null);
    }

    /**
     * A factory for one pool.
     *
     * @param pool the pool's name, which the threads' names begin with
     * @param virtual whether to make virtual threads, which need Java 21
     * @return a factory that has made no thread
     */
    static WorkerThreads of(String pool, boolean virtual) {
        return new WorkerThreads(pool, factory(virtual));
    }

    private static ThreadFactory factory(boolean virtual) {
        return virtual ? virtualThreads() : WorkerThreads::platformThread;
    }

    /** {@return what names a thread for the job that it runs; null if it keeps its own name} */
    JobDescriber names() {
        return names;
    }

    @Override
    public Thread newThread(Runnable task) {
        return newThread(factory, "worker-" + count.getAndIncrement(), task);
    }

    /**
     * Starts a thread that is named for what it does.
     *
     * @throws OutOfMemoryError if there can be no more threads
     */
    public Thread start(String role, Runnable task) {
        return start(factory, role + "-" + count.getAndIncrement(), task);
    }

    /**
     * Starts the thread of a worker, whose name has the worker's index. One that was abandoned may have the same name.
     *
     * @throws OutOfMemoryError if there can be no more threads
     */
    Thread startWorker(int workerIndex, Runnable task) {
        return start(factory, "worker-" + workerIndex, task);
    }

    /**
     * Starts a thread for the pool's own work: no virtual one, which would not run while handlers keep all carriers
     * busy.
     *
     * @throws OutOfMemoryError if there can be no more threads
     */
    void startOwn(String role, Runnable task) {
        start(WorkerThreads::platformThread, role + "-" + count.getAndIncrement(), task);
    }

    private Thread start(ThreadFactory factory, String name, Runnable task) {
        Thread thread = newThread(factory, name, task);
        try {
            thread.start();
        } catch (Throwable t) {
            forget(thread);
            throw t;
        }
        return thread;
    }

    private Thread newThread(ThreadFactory factory, String name, Runnable task) {
        if (threads.size() >= lookAt) {
            threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
            lookAt = Math.max(FEW, 2 * threads.size());
        }
        Thread thread = factory.newThread(() -> {
            inUse.incrementAndGet();
            try {
                task.run();
            } finally {
                leave();
            }
        });
        thread.setName(pool + "-" + name);
        thread.setContextClassLoader(classLoader);
        threads.add(thread);
        return thread;
    }

    /** What interrupts the pool's threads, which may take long. */
    public InterruptDelivery interrupts() {
        return interrupts;
    }

    /** The pool is gone: no thread will be handed a job any more. */
    public void poolIsGone() {
        interrupts.close();
        leave();
    }

    private void leave() {
        if (inUse.decrementAndGet() == 0) {
            unused.countDown(); // again, if a thread is late that finds nothing to do
        }
    }

    /** {@return what opens when the pool is gone and all of its threads have run what they had begun} */
    public CountDownLatch unused() {
        return unused;
    }

    /** Does not wait for a thread that was abandoned. */
    void forget(Thread thread) {
        threads.remove(thread);
    }

    /**
     * Waits until the threads have ended, which were all told to.
     *
     * @param most how long at most, but a second in any case, since a handler that was not given its grace may be in
     *     the way
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void awaitEnd(Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + Math.max(most.toNanos(), TO_NOTICE.toNanos());
        for (Thread thread : threads) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs > 0 && thread.getState() != Thread.State.NEW) {
                thread.join(leftMs);
            }
        }
    }

    /**
     * Takes away a handler of uncaught exceptions that somebody has set on a pool's thread, which starts without one:
     * the errors of whatever runs there next are none of its business.
     *
     * @param thread one that was made here, and has not ended
     */
    public static void forgetExceptionHandler(Thread thread) {
        if (thread.getUncaughtExceptionHandler() != thread.getThreadGroup()) { // which it is where none was set
            thread.setUncaughtExceptionHandler(null);
        }
    }

    private static Thread platformThread(Runnable task) {
        Thread thread = new Thread(null, task, "worker", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** {@code Thread.ofVirtual().factory()}, by reflection as long as Java 17 is the floor. */
    private static ThreadFactory virtualThreads() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(ofVirtual.invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("this JVM has no virtual threads, which need Java 21", e);
        }
    }
}
