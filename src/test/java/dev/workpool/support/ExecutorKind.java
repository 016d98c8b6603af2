package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import dev.workpool.PoolExecutor;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The JDK's executor, which is right by definition, and those of ours, so that one contract is tested on all. */
public enum ExecutorKind {
    JDK,
    POOL,
    POOL_UNCHUNKED,
    POOL_VIRTUAL;

    /** Those that this JVM has. */
    public static Stream<ExecutorKind> all() {
        return Stream.of(values())
                .filter(kind -> kind != POOL_VIRTUAL || Runtime.version().feature() >= 21);
    }

    /** Ours alone, for what goes beyond the JDK's. */
    public static Stream<ExecutorKind> ours() {
        return all().filter(kind -> kind != JDK);
    }

    public ExecutorService start(ActorSystem<?> system, WorkerPoolSettings settings) {
        return switch (this) {
            case JDK -> jdk(settings);
            case POOL -> PoolExecutor.start(system, settings);
            case POOL_UNCHUNKED -> PoolExecutor.start(system, settings.withChunkMaxJobs(1));
            case POOL_VIRTUAL -> PoolExecutor.start(system, settings.withVirtualThreads(true));
        };
    }

    private static ExecutorService jdk(WorkerPoolSettings settings) {
        return new ThreadPoolExecutor(
                settings.workers(),
                settings.workers(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(settings.queueCapacity()
                        .orElse((long) Integer.MAX_VALUE)
                        .intValue()),
                task -> {
                    Thread thread = new Thread(task, settings.name());
                    thread.setDaemon(true);
                    return thread;
                },
                whenFull(settings.whenFull()));
    }

    private static RejectedExecutionHandler whenFull(WhenFull whenFull) {
        return switch (whenFull) {
            case CALLER_RUNS -> new ThreadPoolExecutor.CallerRunsPolicy();
            case DROP_OLDEST -> new ThreadPoolExecutor.DiscardOldestPolicy();
            default -> new ThreadPoolExecutor.AbortPolicy();
        };
    }
}
