package dev.workpool.durable.internal.store;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The leases that works of this process hold, by their tokens. A process that is slow to renew its leases does not take
 * them from itself; others may. Thread-safe.
 */
public final class LiveLeases {
    private final Map<Long, Map<Long, Integer>> tokens = new ConcurrentHashMap<>();

    /** Something is held under a token. */
    public void hold(long queue, long token) {
        of(queue).merge(token, 1, Integer::sum);
    }

    /** Something is held no more. */
    public void drop(long queue, long token) {
        of(queue).computeIfPresent(token, (key, held) -> held == 1 ? null : held - 1);
    }

    private Map<Long, Integer> of(long queue) {
        return tokens.computeIfAbsent(queue, key -> new ConcurrentHashMap<>());
    }

    /** All that are held of a queue now. */
    public Set<Long> held(long queue) {
        return Set.copyOf(of(queue).keySet());
    }
}
