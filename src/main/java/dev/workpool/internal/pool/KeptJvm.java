package dev.workpool.internal.pool;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, once, what keeps a program from its end whose main method has ended: nothing but actor systems whose pools have
 * had nothing to do for a while. Mostly somebody has forgotten to terminate them. Confined to {@link PoolWatch}.
 */
final class KeptJvm {
    private static final Logger LOG = LoggerFactory.getLogger(KeptJvm.class);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long MAIN_THREAD = 1;

    private boolean isSaid;

    /** Whether nothing else was left at the last look; since when; and how many jobs had been accepted by then. */
    private boolean wasIdle;

    private long sinceNs;
    private long accepted;

    void look(Collection<PoolWatch.Pool> pools, long nowNs) {
        if (isSaid) {
            return;
        }
        long acceptedNow =
                pools.stream().mapToLong(pool -> pool.snapshot.get().accepted()).sum();
        if (pools.isEmpty() || !areIdle(pools) || !areAllThatIsLeft(pools)) {
            wasIdle = false;
        } else if (!wasIdle || acceptedNow != accepted) {
            wasIdle = true;
            sinceNs = nowNs;
            accepted = acceptedNow;
        } else if (nowNs - sinceNs >= PATIENCE_NS) {
            isSaid = true;
            say(pools);
        }
    }

    private static boolean areIdle(Collection<PoolWatch.Pool> pools) {
        return pools.stream()
                .map(pool -> pool.snapshot.get())
                .allMatch(snapshot -> snapshot.done() == snapshot.accepted());
    }

    /** Whether main has ended, and every thread that keeps the JVM is one of the pools' actor systems. */
    private static boolean areAllThatIsLeft(Collection<PoolWatch.Pool> pools) {
        List<String> own =
                pools.stream().map(pool -> pool.system + "-").distinct().toList();
        return threads()
                .filter(thread -> !thread.isDaemon())
                .noneMatch(thread -> thread.getId() == MAIN_THREAD
                        || (!"DestroyJavaVM".equals(thread.getName())
                                && own.stream().noneMatch(thread.getName()::startsWith)));
    }

    private static Stream<Thread> threads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        Thread[] threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        return Stream.of(threads).limit(count);
    }

    private static void say(Collection<PoolWatch.Pool> pools) {
        String systems = names(pools.stream().map(pool -> pool.system));
        LOG.info(
                "The main method of this program has ended, and all that is left is idle: pool {} in actor system {}, which"
                        + " keeps the JVM from ending. To end it, call terminate() on the actor system. A service that waits"
                        + " for work may ignore this.",
                names(pools.stream().map(pool -> pool.name)),
                systems);
    }

    private static String names(Stream<String> names) {
        return names.distinct().sorted().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
}
