package dev.workpool.durable.internal.work;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Cancels jobs of held segments by themselves. The actor's alone. */
final class CancelledJobs<J> {
    /** What was heard is remembered, since a claim that has not seen it may be under way. */
    private static final int MOST_REMEMBERED = 1_000;

    private final Map<Long, Set<Long>> heard = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Set<Long>> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** A job was cancelled, which may be in one of these. */
    void hear(long batch, long number, Collection<Held<J>> all) {
        heard.computeIfAbsent(batch, key -> new HashSet<>()).add(number);
        for (Held<J> each : all) {
            if (each.claimed.batch() == batch) {
                each.cancel(number);
            }
        }
    }

    /** A segment is held, of which jobs may have been cancelled while it was claimed. */
    void hold(Held<J> segment) {
        heard.getOrDefault(segment.claimed.batch(), Set.of()).forEach(segment::cancel);
    }
}
