package dev.workpool.internal.router;

import dev.workpool.internal.util.RepeatedWarning;
import dev.workpool.internal.util.SerialExecutor;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the warnings about jobs that have run for longer than the settings say. Confined to the router's thread; the
 * warnings are written on another.
 */
final class LongRuns {
    private static final Logger LOG = LoggerFactory.getLogger(LongRuns.class);

    private final String pool;
    private final RepeatedWarning<Supplier<String>> warning;

    /**
     * For one pool.
     *
     * @param pool its name
     * @param callbacks what may block
     */
    LongRuns(String pool, Executor callbacks) {
        this.pool = pool;
        this.warning = new RepeatedWarning<>(new SerialExecutor(callbacks), this::warn);
    }

    /**
     * A job has run for long.
     *
     * @param doing asked which one it is and what it does, if it becomes a sample; not by the router's thread
     * @param nowNs the time
     */
    void add(Supplier<String> doing, long nowNs) {
        warning.add(doing, nowNs);
    }

    void look(long nowNs) {
        warning.look(nowNs);
    }

    long nextDueNs() {
        return warning.nextDueNs();
    }

    /** The pool is gone. */
    void end(long nowNs) {
        warning.end(nowNs);
    }

    private void warn(int count, Supplier<String> doing) {
        if (count == 1) {
            LOG.warn("Pool '{}': a job has run for longer than warn-after. {}", pool, doing.get());
        } else {
            LOG.warn(
                    "Pool '{}': {} jobs have run for longer than warn-after. One of them: {}",
                    pool,
                    count,
                    doing.get());
        }
    }
}
