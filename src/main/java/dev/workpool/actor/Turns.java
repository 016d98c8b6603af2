package dev.workpool.actor;

import java.util.Iterator;
import java.util.PriorityQueue;

/**
 * Sources that take turns by weight: while two of them have jobs, one of weight 3 hands out three for each of the other's. Of one
 * thread.
 *
 * <p>Stride scheduling (C. A. Waldspurger and W. E. Weihl, "Stride Scheduling", MIT/LCS/TM-528, 1995): each source has a virtual
 * time, its pass, which each of its jobs advances by the inverse of its weight, and the source that is furthest behind is next.
 * The virtual time of all is the mean of their passes by weight, and a source that comes starts there: it neither catches up on
 * what was handed out before nor waits for others to do so. The paper's global pass is that mean too as long as nobody leaves;
 * but a source that leaves between two turns of the others would leave it ahead of or behind all of them, for the next that
 * comes to pay for.
 *
 * <p>A turn costs O(log n). A source that is alone costs no arithmetic.
 *
 * @param <S> what jobs are handed out as
 */
final class Turns<S> {

    /**
     * Where jobs come from.
     *
     * @param <S> what jobs are handed out as
     */
    interface Source<S> {
        /** Jobs that are left. */
        long queued();

        /** The next jobs: 1 to {@code max} of them. Only called while there are some. */
        S take(int max);

        /** 1 or more; does not change. */
        int weight();
    }

    /** By how much a job advances the pass of a source of weight 1. Times the jobs of any turn and a weight it fits into a long. */
    private static final long STRIDE = 1 << 20;

    private static final class Entry<S> implements Comparable<Entry<S>> {
        private final Source<S> source;
        private final int weight;
        private long pass;

        /** Who has waited longer is first among equals. */
        private long since;

        Entry(Source<S> source) {
            this.source = source;
            this.weight = source.weight();
        }

        @Override
        public int compareTo(Entry<S> other) {
            long ahead = pass - other.pass; // not by comparing: a pool that runs for years may overflow them
            return Long.signum(ahead != 0 ? ahead : since - other.since);
        }
    }

    private final PriorityQueue<Entry<S>> entries = new PriorityQueue<>();
    private long weights;
    private long turns;

    /** The mean of the passes by weight, rounded down. */
    private long virtualTime;

    /** By how much the sum of the weighted passes is more than that times the weights: kept, so that no rounding adds up. */
    private long remainder;

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Adds a source that is not here and has jobs. */
    void add(Source<S> source) {
        Entry<S> entry = new Entry<>(source);
        // Rounded up: one just ahead of the mean would else see newcomers start behind it for ever.
        entry.pass = virtualTime + (remainder > 0 ? 1 : 0);
        weights += entry.weight;
        shift((entry.pass - virtualTime) * entry.weight);
        enqueue(entry);
    }

    private void enqueue(Entry<S> entry) {
        entry.since = ++turns;
        entries.add(entry);
    }

    /** Removes a source, if it is here. */
    void remove(Source<S> source) {
        for (Iterator<Entry<S>> i = entries.iterator(); i.hasNext(); ) {
            Entry<S> entry = i.next();
            if (entry.source == source) {
                i.remove();
                forget(entry);
                return;
            }
        }
    }

    private void forget(Entry<S> entry) {
        weights -= entry.weight;
        shift((virtualTime - entry.pass) * entry.weight);
    }

    /** Moves the mean after a change of the sum of weighted passes, or of weights. */
    private void shift(long sum) {
        if (weights > 0) {
            remainder += sum;
            virtualTime += Math.floorDiv(remainder, weights);
            remainder = Math.floorMod(remainder, weights);
        } else {
            remainder = 0;
        }
    }

    /**
     * The next jobs of the source whose turn it is. What is wanted is shared among the sources by weight; if that makes less of it than is
     * worth a turn, whose turn it is gets more, and the others are next.
     *
     * @param wanted how many jobs, 1 or more
     * @param turn the least share of it, 1 or more
     * @return what the source gave, or null if there is nothing to hand out
     */
    S next(long wanted, int turn) {
        Entry<S> entry;
        while ((entry = entries.peek()) != null) {
            long queued = entry.source.queued();
            S taken = queued == 0 ? null : entry.source.take((int) Math.min(share(entry, wanted, turn), queued));
            long left = entry.source.queued();
            if (left == 0) {
                entries.poll();
                forget(entry);
            } else if (entries.size() > 1) {
                entries.poll();
                advance(entry, queued - left);
            }
            if (taken != null) {
                return taken;
            }
        }
        return null;
    }

    private long share(Entry<S> entry, long wanted, int turn) {
        long share = entries.size() == 1 ? wanted : Math.max(Math.min(turn, wanted), wanted * entry.weight / weights);
        return Math.min(share, Integer.MAX_VALUE);
    }

    private void advance(Entry<S> entry, long jobs) {
        long by = jobs * STRIDE / entry.weight;
        entry.pass += by;
        shift(by * entry.weight);
        enqueue(entry);
    }
}
