package dev.workpool.cluster.internal.session;

import dev.workpool.internal.slice.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which jobs are out, by batch and index. What is taken from here is so no more: a second report of a job finds nothing.
 * Of one thread.
 */
public final class JobsOut<R> {
    private final Map<Long, TreeMap<Long, Slice<R>>> batches = new HashMap<>();
    private long jobs;

    /** Jobs go out, of which none is. */
    public void add(Slice<R> slice) {
        batches.computeIfAbsent(slice.batch().id(), id -> new TreeMap<>()).put(slice.first(), slice);
        jobs += slice.size();
    }

    /** How many jobs are out. */
    public long jobs() {
        return jobs;
    }

    /** The batches that have jobs out. */
    public Set<Long> batches() {
        return Set.copyOf(batches.keySet());
    }

    public boolean has(long batchId) {
        return batches.containsKey(batchId);
    }

    public boolean has(long batchId, long index) {
        TreeMap<Long, Slice<R>> slices = batches.get(batchId);
        Map.Entry<Long, Slice<R>> entry = slices == null ? null : slices.floorEntry(index);
        return entry != null && entry.getValue().contains(batchId, index);
    }

    /**
     * Takes those of neighbouring jobs that are out.
     *
     * @param batchId their batch
     * @param first index of the first
     * @param count how many
     * @return in order
     */
    public List<Slice<R>> take(long batchId, long first, long count) {
        TreeMap<Long, Slice<R>> slices = batches.get(batchId);
        if (slices == null || count == 0) {
            return List.of();
        }
        List<Slice<R>> taken = new ArrayList<>(1);
        long end = first + Math.min(count, Long.MAX_VALUE - first);
        Map.Entry<Long, Slice<R>> entry = slices.floorEntry(first);
        if (entry == null || entry.getKey() + entry.getValue().size() <= first) {
            entry = slices.higherEntry(first);
        }
        while (entry != null && entry.getKey() < end) {
            Slice<R> slice = entry.getValue();
            slices.remove(entry.getKey());
            int begin = (int) Math.max(0, first - slice.first());
            int stop = (int) Math.min(slice.size(), end - slice.first());
            if (begin > 0) {
                Slice<R> before = slice.part(0, begin);
                slices.put(before.first(), before);
            }
            if (stop < slice.size()) {
                Slice<R> after = slice.part(stop, slice.size());
                slices.put(after.first(), after);
            }
            Slice<R> part = slice.part(begin, stop);
            jobs -= part.size();
            taken.add(part);
            entry = slices.ceilingEntry(slice.first() + stop);
        }
        if (slices.isEmpty()) {
            batches.remove(batchId);
        }
        return taken;
    }

    /** Takes all that is out. */
    public List<Slice<R>> takeAll() {
        List<Slice<R>> all = new ArrayList<>();
        batches.values().forEach(slices -> all.addAll(slices.values()));
        batches.clear();
        jobs = 0;
        return all;
    }
}
