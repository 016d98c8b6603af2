package dev.workpool.cluster.internal.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the lines about messages that no node can have sent, and leaves out all but one a second: the first of them is written as it is, and
 * while others follow a line each second says how many were left out. Thread-safe; guarded by this.
 */
final class Unreadables {
    private static final long APART_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of this process, as its log is. */
    static final Unreadables ALL = new Unreadables(LoggerFactory.getLogger(Unreadables.class));

    private final Logger log;
    private long lastNs = System.nanoTime() - APART_NS;
    private long leftOut;

    Unreadables(Logger log) {
        this.log = log;
    }

    /** Whether a line may be written, which counts as done. If not, it is counted. */
    synchronized boolean mayWrite() {
        long nowNs = System.nanoTime();
        long waitNs = lastNs + APART_NS - nowNs;
        if (leftOut == 0 && waitNs <= 0) {
            lastNs = nowNs;
            return true;
        }
        if (leftOut == 0) {
            CompletableFuture.delayedExecutor(waitNs, TimeUnit.NANOSECONDS).execute(this::tell);
        }
        leftOut++;
        return false;
    }

    private void tell() {
        long count;
        synchronized (this) {
            count = leftOut;
            leftOut = 0;
            lastNs = System.nanoTime();
        }
        log.warn(
                "{} more lines about messages that this node cannot read were left out: whoever sends them reaches its port and is no node of this cluster, or one of another version",
                count);
    }
}
