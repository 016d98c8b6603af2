package dev.workpool.actor;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the threads that blocking handlers run on. */
public final class WorkerThreads {
    private WorkerThreads() {}

    /**
     * A factory for one pool. Its threads are daemons: an abandoned handler does not keep the JVM alive.
     *
     * @param pool the pool's name, which the threads' names begin with
     * @param virtual whether to make virtual threads, which need Java 21
     * @return a thread-safe factory
     */
    public static ThreadFactory of(String pool, boolean virtual) {
        AtomicLong count = new AtomicLong();
        ThreadFactory factory = virtual ? virtualThreads() : WorkerThreads::platformThread;
        return task -> {
            Thread thread = factory.newThread(task);
            thread.setName(pool + "-worker-" + count.getAndIncrement());
            return thread;
        };
    }

    private static Thread platformThread(Runnable task) {
        Thread thread = new Thread(task);
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
