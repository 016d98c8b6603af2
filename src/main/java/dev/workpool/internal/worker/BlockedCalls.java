package dev.workpool.internal.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of asynchronous handlers that block the thread which calls them, instead of returning a stage: they keep a
 * thread from all other jobs, and nobody would notice. Each call is named once. Confined to whoever looks.
 */
public final class BlockedCalls {
    private static final Logger LOG = LoggerFactory.getLogger(BlockedCalls.class);

    /** A call that takes longer blocks. */
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long NAMED = Long.MIN_VALUE;

    private final String pool;
    private final RunningJobs<?, ?> runningJobs;

    /** When each call that lasts was first seen; {@link #NAMED} if it has been named. */
    private Map<Object, Long> seen = Map.of();

    /**
     * Those of one pool.
     *
     * @param pool its name
     * @param runningJobs its jobs
     */
    public BlockedCalls(String pool, RunningJobs<?, ?> runningJobs) {
        this.pool = pool;
        this.runningJobs = runningJobs;
    }

    /**
     * Names those that have become long since the last look. Calls users' code, to say which job it is.
     *
     * @param nowNs the real time
     */
    public void look(long nowNs) {
        Map<Object, Long> before = seen;
        Map<Object, Long> now = new HashMap<>();
        List<RunningJobs.Call> blocked = new ArrayList<>();
        for (RunningJobs.Call call : runningJobs.calls()) {
            long sinceNs = before.getOrDefault(call.attempt(), nowNs);
            boolean isNew = sinceNs != NAMED && nowNs - sinceNs >= LONG_NS;
            now.put(call.attempt(), isNew ? NAMED : sinceNs);
            if (isNew) {
                blocked.add(call);
            }
        }
        seen = now;
        if (!blocked.isEmpty()) {
            LOG.warn(
                    "Pool '{}': {} not returned a stage for {} s or more, and blocks the thread that called it, which"
                            + " other jobs wait for. {}: {}",
                    pool,
                    blocked.size() == 1
                            ? "an asynchronous handler has"
                            : "each of " + blocked.size() + " asynchronous handlers has",
                    TimeUnit.NANOSECONDS.toSeconds(LONG_NS),
                    blocked.get(0).job().get(),
                    Stacks.text(blocked.get(0).thread()));
        }
    }
}
