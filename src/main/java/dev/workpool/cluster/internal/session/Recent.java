package dev.workpool.cluster.internal.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was put in lately: of more than so many entries the oldest is forgotten. Not thread-safe.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    public Recent(int most) {
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
