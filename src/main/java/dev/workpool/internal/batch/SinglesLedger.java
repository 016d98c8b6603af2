package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;

/**
 * Keeps the outcomes of the jobs that were submitted by themselves: one open-ended batch, of which it holds only jobs
 * that are granted and not yet acknowledged.
 */
public final class SinglesLedger<J, R> implements Ledger<R> {
    private final Executor callbacks;

    /**
     * Granted jobs by the index of the first in their slice; a job that has its outcome is null in there. The
     * dispatcher adds, before it grants; everything else is the ledger's owner's.
     */
    private final ConcurrentSkipListMap<Long, Segment<J, R>> segments = new ConcurrentSkipListMap<>();

    private final Counts counts = new Counts();

    /** Written by the dispatcher alone. */
    private volatile long total;

    private static final class Segment<J, R> {
        final Single<J, R>[] singles;
        int open;

        Segment(Single<J, R>[] singles) {
            this.singles = singles;
            this.open = singles.length;
        }
    }

    public SinglesLedger(Executor callbacks) {
        this.callbacks = callbacks;
    }

    /** Who waits for the jobs of a slice that is about to be granted. For the dispatcher. */
    void open(long first, Single<J, R>[] singles) {
        total = first + singles.length;
        segments.put(first, new Segment<>(singles));
    }

    /**
     * Who waits for a job that was granted and has no outcome; null if it has. For the dispatcher, of jobs that came
     * back.
     */
    public Single<J, R> at(long index) {
        Map.Entry<Long, Segment<J, R>> entry = segments.floorEntry(index);
        long offset = entry == null ? 0 : index - entry.getKey();
        return entry == null || offset >= entry.getValue().singles.length
                ? null
                : entry.getValue().singles[(int) offset];
    }

    /**
     * Jobs that were granted and have no outcome, by index; those that get one become null in there. For the
     * dispatcher, to which one that is just settled may seem open.
     */
    public List<Single<J, R>[]> parts() {
        List<Single<J, R>[]> parts = new ArrayList<>();
        segments.values().forEach(segment -> parts.add(segment.singles));
        return parts;
    }

    @Override
    public void acknowledge(long first, Outcomes<R> outcomes) {
        enter(first, outcomes.size(), outcomes, null);
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        enter(first, (int) count, null, PackedOutcome.of(outcome));
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        segments.forEach((first, segment) -> settle(first, segment.singles.length, outcome));
    }

    @Override
    public boolean isOpen(long index) {
        return at(index) != null;
    }

    @Override
    public BatchProgress progress() {
        return counts.progress(total);
    }

    /** Outcomes come in chunks, and a chunk never spans two slices. */
    private void enter(long first, int count, Outcomes<R> arrived, Object same) {
        Map.Entry<Long, Segment<J, R>> entry = segments.floorEntry(first);
        long distance = entry == null ? 0 : first - entry.getKey(); // may be beyond an int
        if (entry == null || distance >= entry.getValue().singles.length) {
            return; // the whole slice has been acknowledged before
        }
        int offset = (int) distance;
        Segment<J, R> segment = entry.getValue();
        List<Single<J, R>> settled = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Single<J, R> single = segment.singles[offset + i];
            if (single != null) {
                counts.add(arrived == null ? same : arrived.packedOutcome(i));
                settled.add(single);
                single.takeJob(); // nobody needs it any more, though whoever holds the future holds this
                segment.singles[offset + i] = null;
                segment.open--;
            }
        }
        if (segment.open == 0) {
            segments.remove(entry.getKey());
        }
        if (arrived == null) {
            Settlement.start(settled, single -> PackedOutcome.outcome(same), callbacks);
        } else {
            Settlement.start(settled, single -> arrived.get((int) (single.index - first)), callbacks);
        }
    }
}
