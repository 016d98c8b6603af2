package dev.workpool.internal.router;

import dev.workpool.internal.util.RepeatedWarning;
import dev.workpool.internal.util.SerialExecutor;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the warnings about handlers that did not stop in time. Confined to the router's thread; the warnings are
 * written on another.
 */
final class Abandonments {
    private static final Logger LOG = LoggerFactory.getLogger(Abandonments.class);

    private final String pool;
    private final RepeatedWarning<Supplier<String>> replaced;
    private final RepeatedWarning<Supplier<String>> held;

    /**
     * For one pool.
     *
     * @param pool its name
     * @param callbacks what may block
     */
    Abandonments(String pool, Executor callbacks) {
        this.pool = pool;
        SerialExecutor inTurn = new SerialExecutor(callbacks);
        this.replaced = new RepeatedWarning<>(inTurn, (count, doing) -> warn(count, "replaced", doing));
        this.held = new RepeatedWarning<>(
                inTurn,
                (count, doing) -> warn(count, "not replaced, since as many are as max-abandoned allows", doing));
    }

    /**
     * A handler did not stop in time.
     *
     * @param doing asked what it does, if it becomes a sample; not by the router's thread
     * @param isReplaced whether its worker is replaced
     * @param nowNs the time
     */
    void add(Supplier<String> doing, boolean isReplaced, long nowNs) {
        (isReplaced ? replaced : held).add(doing, nowNs);
    }

    void look(long nowNs) {
        replaced.look(nowNs);
        held.look(nowNs);
    }

    long nextDueNs() {
        return Math.min(replaced.nextDueNs(), held.nextDueNs());
    }

    /** The pool is gone. */
    void end(long nowNs) {
        replaced.end(nowNs);
        held.end(nowNs);
    }

    private void warn(int count, String workers, Supplier<String> doing) {
        if (count == 1) {
            LOG.warn(
                    "Pool '{}': a handler that was told to stop did not stop in time; its job is settled without it and its worker {}. {}",
                    pool,
                    workers,
                    doing.get());
        } else {
            LOG.warn(
                    "Pool '{}': {} handlers that were told to stop did not stop in time; their jobs are settled without them and their workers {}. One of them: {}",
                    pool,
                    count,
                    workers,
                    doing.get());
        }
    }
}
