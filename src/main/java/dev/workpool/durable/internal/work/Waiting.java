package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.JobBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Jobs of a held segment that wait for permits, in their order. The feeder's thread alone uses it. */
final class Waiting<J> {
    final Held<J> held;
    final JobBlock block;
    private final TreeMap<Long, J> jobs = new TreeMap<>();

    Waiting(Held<J> held, JobBlock block) {
        this.held = held;
        this.block = block;
    }

    void add(long[] numbers, List<J> added) {
        for (int i = 0; i < numbers.length; i++) {
            jobs.put(numbers[i], added.get(i));
        }
    }

    int size() {
        return jobs.size();
    }

    /** Takes the first of them, at least one. */
    Taken<J> take(int many) {
        long[] numbers = new long[many];
        List<J> taken = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            Map.Entry<Long, J> first = jobs.pollFirstEntry();
            numbers[i] = first.getKey();
            taken.add(first.getValue());
        }
        return new Taken<>(numbers, taken);
    }

    /** Takes those that were cancelled by themselves. */
    long[] takeCancelled() {
        long[] cancelled = jobs.keySet().stream()
                .mapToLong(number -> number)
                .filter(held::isCancelled)
                .toArray();
        for (long number : cancelled) {
            jobs.remove(number);
        }
        return cancelled;
    }

    /** Some of them. */
    record Taken<J>(long[] numbers, List<J> jobs) {}
}
