package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.LiveLeases;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The segments that a work holds, and what is to be done in the store once the last of a batch or of a lane is gone. The
 * actor's alone.
 */
final class Holdings<J> {
    private final LiveLeases live;
    private final long queue;
    private final long leaseNs;
    private final boolean canBeTaken;
    private final Set<Held<J>> all = new LinkedHashSet<>();
    private final Map<Long, Integer> segmentsOfBatch = new HashMap<>();
    private final Map<Long, Integer> segmentsOfLane = new HashMap<>();
    private final Set<Long> lanesToRelease = new HashSet<>();
    private final Set<Long> batchesToFinish = new LinkedHashSet<>();
    private int running;

    /** Nothing is held of a queue. */
    Holdings(OpenQueue<J> queue, long id) {
        this.live = queue.database().liveLeases();
        this.queue = id;
        this.leaseNs = queue.settings().lease().toNanos();
        this.canBeTaken = queue.database().isShared();
    }

    /** Holds a segment whose lease began after this time. */
    Held<J> add(SegmentRow row, byte[] block, long sinceNs) {
        Held<J> segment = new Held<>(row, block, sinceNs, leaseNs, canBeTaken, System.nanoTime());
        all.add(segment);
        live.hold(queue, row.token());
        running += segment.running;
        segmentsOfBatch.merge(row.batch(), 1, Integer::sum);
        if (row.lane() >= 0) {
            segmentsOfLane.merge(row.token(), 1, Integer::sum);
        }
        return segment;
    }

    /** The pool has given back jobs of a segment. */
    void ended(Held<J> segment, int jobs) {
        segment.running -= jobs;
        running -= jobs;
    }

    /** Returns whether it was held. */
    boolean remove(Held<J> segment) {
        if (!all.remove(segment)) {
            return false;
        }
        ended(segment, segment.running);
        SegmentRow row = segment.claimed;
        live.drop(queue, row.token());
        if (isLast(segmentsOfBatch, row.batch())) {
            batchesToFinish.add(row.batch());
        }
        if (row.lane() >= 0 && isLast(segmentsOfLane, row.token())) {
            lanesToRelease.add(row.token());
        }
        return true;
    }

    private static boolean isLast(Map<Long, Integer> counts, long key) {
        return counts.computeIfPresent(key, (same, n) -> n == 1 ? null : n - 1) == null;
    }

    /** The store has not answered for nearly a lease, or for all that is held: others may begin what runs here. */
    void stopOverdue(long nowNs, boolean isAllOverdue) {
        for (Held<J> each : List.copyOf(all)) {
            if (!each.givesBack && (isAllOverdue || (canBeTaken && each.isOverdue(nowNs)))) {
                each.stopAndGiveBack();
            }
        }
    }

    /** The process ends: what it still holds is for others, once the leases have run out. */
    void abandon() {
        for (Held<J> each : all) {
            each.stopAndGiveBack();
            live.drop(queue, each.claimed.token());
        }
    }

    Set<Held<J>> all() {
        return Collections.unmodifiableSet(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean contains(Held<J> segment) {
        return all.contains(segment);
    }

    /** Jobs that the pool has not given back. */
    int running() {
        return running;
    }

    /** The batches that segments are of. */
    Set<Long> batches() {
        return Set.copyOf(segmentsOfBatch.keySet());
    }

    /** The tokens of leases on lanes. */
    Set<Long> lanes() {
        return Set.copyOf(segmentsOfLane.keySet());
    }

    /**
     * What is to be done in the store.
     *
     * @param lanes to be given back, by their tokens
     * @param batches that may have ended
     */
    record Due(Set<Long> lanes, Set<Long> batches) {
        boolean isNothing() {
            return lanes.isEmpty() && batches.isEmpty();
        }
    }

    /** Batches may have ended. */
    void finish(Set<Long> batches) {
        batchesToFinish.addAll(batches);
    }

    /** Batches are known to have ended. */
    void haveEnded(Set<Long> batches) {
        batchesToFinish.removeAll(batches);
    }

    /** Takes what is to be done. */
    Due takeDue() {
        Due due = new Due(Set.copyOf(lanesToRelease), Set.copyOf(batchesToFinish));
        lanesToRelease.clear();
        batchesToFinish.clear();
        return due;
    }

    /** It could not be done. */
    void putBack(Due due) {
        lanesToRelease.addAll(due.lanes());
        batchesToFinish.addAll(due.batches());
    }

    boolean hasDue() {
        return !lanesToRelease.isEmpty() || !batchesToFinish.isEmpty();
    }
}
