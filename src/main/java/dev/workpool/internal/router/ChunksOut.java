package dev.workpool.internal.router;

import dev.workpool.internal.slice.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Indexes the chunks that are out at workers, by batch and job. Each change and each lookup takes O(log n). Confined to
 * the router's thread.
 */
final class ChunksOut<J, R> {
    private final TreeMap<ChunkKey, Assignment<J, R>> chunks = new TreeMap<>();
    private long added;

    /** The most jobs that one of them had, or one that is gone. */
    private int longest;

    void add(Assignment<J, R> assignment) {
        Slice<R> slice = assignment.slice;
        assignment.key = new ChunkKey(slice.batch().id(), slice.first(), added++);
        chunks.put(assignment.key, assignment);
        longest = Math.max(longest, slice.size());
    }

    /** Removes a chunk, if it is here. */
    void remove(Assignment<J, R> assignment) {
        chunks.remove(assignment.key);
        longest = chunks.isEmpty() ? 0 : longest;
    }

    /** All of them, a copy. */
    List<Assignment<J, R>> all() {
        return new ArrayList<>(chunks.values());
    }

    /** The next chunk after one that is here or was, by key; null if there is none. */
    Assignment<J, R> after(ChunkKey key) {
        Map.Entry<ChunkKey, Assignment<J, R>> next = chunks.higherEntry(key);
        return next == null ? null : next.getValue();
    }

    /** The same among those of the key's batch. */
    Assignment<J, R> afterInBatch(ChunkKey key) {
        Assignment<J, R> next = after(key);
        return next == null || next.key.batchId() != key.batchId() ? null : next;
    }

    /**
     * Looks for a job among the chunks that had it when they were handed out. It may have been in several, of which at
     * most one still has it.
     *
     * @param batchId the job's batch
     * @param index the job
     * @param hasIt whether a chunk is the one
     * @return that chunk, or null
     */
    Assignment<J, R> find(long batchId, long index, Predicate<Assignment<J, R>> hasIt) {
        Map.Entry<ChunkKey, Assignment<J, R>> entry = chunks.floorEntry(ChunkKey.upTo(batchId, index));
        while (entry != null
                && entry.getKey().batchId() == batchId
                && entry.getKey().first() > index - longest) {
            Assignment<J, R> assignment = entry.getValue();
            if (assignment.slice.contains(batchId, index) && hasIt.test(assignment)) {
                return assignment;
            }
            entry = chunks.lowerEntry(entry.getKey());
        }
        return null;
    }
}
