package dev.workpool.bench.peer;

import akka.actor.typed.ActorSystem;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that contenders run jobs on, and their end: what is measured next must not share the cores with what was before. */
public final class Threads {
    private static final int VIRTUAL_SINCE = 21;

    private Threads() {}

    /** So many threads behind a queue without bounds. */
    public static ThreadPoolExecutor fixed(int threads) {
        return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    }

    public static boolean virtualOnes() {
        return Runtime.version().feature() >= VIRTUAL_SINCE;
    }

    /** A virtual thread for each task; the compiler's floor knows no such method. */
    public static ExecutorService virtual() {
        try {
            MethodHandle method = MethodHandles.lookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
            return (ExecutorService) method.invoke();
        } catch (Throwable e) {
            throw new UnsupportedOperationException("virtual threads need Java " + VIRTUAL_SINCE, e);
        }
    }

    /** Ends idle threads, and waits until they have. */
    public static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("threads are still busy after their benchmark");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted after a benchmark", e);
        }
    }

    /** Ends an actor system, and waits until it has. */
    public static void end(ActorSystem<?> system) {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
