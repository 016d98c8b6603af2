package dev.workpool.internal.pool;

import dev.workpool.internal.util.SafeLog;
import dev.workpool.internal.worker.BlockedCalls;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pools of this JVM every few seconds of real time, as long as there are some, for what would otherwise
 * pass in silence. It has no thread and keeps no pool alive: the JDK's timer and its common pool do the work.
 * Thread-safe; only one look happens at a time.
 */
final class PoolWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PoolWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final PoolWatch OF_THIS_JVM = new PoolWatch();

    private final Set<Pool> pools = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final KeptJvm keptJvm = new KeptJvm();

    /**
     * A pool that runs. Not equal to any other.
     */
    static final class Pool {
        final String name;
        final String system;
        final Supplier<PoolSnapshot> snapshot;
        private final BlockedCalls blockedCalls;

        Pool(String name, String system, Supplier<PoolSnapshot> snapshot, BlockedCalls blockedCalls) {
            this.name = name;
            this.system = system;
            this.snapshot = snapshot;
            this.blockedCalls = blockedCalls;
        }
    }

    private PoolWatch() {}

    /** A pool has been started. */
    static void add(Pool pool) {
        OF_THIS_JVM.pools.add(pool);
        OF_THIS_JVM.lookLater();
    }

    /** A pool is gone. */
    static void remove(Pool pool) {
        OF_THIS_JVM.pools.remove(pool);
    }

    private void lookLater() {
        if (isDue.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::look);
        }
    }

    private void look() {
        try {
            long nowNs = System.nanoTime();
            pools.forEach(pool -> pool.blockedCalls.look(nowNs));
            keptJvm.look(pools, nowNs);
        } catch (Throwable t) { // what describes a job is users' code
            SafeLog.error(LOG, "A look at the pools of this JVM failed", t);
        }
        isDue.set(false);
        if (!pools.isEmpty()) {
            lookLater();
        }
    }
}
