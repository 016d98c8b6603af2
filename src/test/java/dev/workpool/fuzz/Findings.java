package dev.workpool.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has been seen in a round that no document allows. Thread-safe. */
final class Findings {
    private static final int MOST_OF_A_KIND = 3;

    private final Map<String, List<String>> byKind = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    /** Adds one; {@code kind} is the same for all of a kind, {@code detail} is not. */
    synchronized void add(String kind, String detail) {
        if (FuzzOptions.isIgnored(kind)) {
            return;
        }
        List<String> some = byKind.computeIfAbsent(kind, first -> new ArrayList<>());
        if (some.size() < MOST_OF_A_KIND) {
            some.add(detail);
        }
        counts.merge(kind, 1, Integer::sum);
    }

    synchronized boolean isEmpty() {
        return counts.isEmpty();
    }

    /** How many there are of each kind. */
    synchronized Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        byKind.forEach((kind, details) -> {
            text.append("  ").append(kind).append(" (").append(counts.get(kind)).append(")\n");
            details.forEach(detail -> text.append("    ").append(detail).append('\n'));
        });
        return text.toString();
    }
}
