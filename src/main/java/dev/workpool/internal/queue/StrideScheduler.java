package dev.workpool.internal.queue;

import dev.workpool.internal.util.AddressableHeap;

/**
 * Lets sources take turns by weight: while two of them have jobs, one of weight 3 hands out three for each of the
 * other's. Used by one thread.
 *
 * <p>Stride scheduling (C. A. Waldspurger and W. E. Weihl, "Stride Scheduling", MIT/LCS/TM-528, 1995): each source has
 * a virtual time, its pass, which each of its jobs advances by the inverse of its weight, and the source that is
 * furthest behind is next. The virtual time of all is the mean of their passes by weight, and a source that comes
 * starts there: it neither catches up on what was handed out before nor waits for others to do so. The paper's global
 * pass is that mean too as long as nobody leaves; but a source that leaves between two turns of the others would leave
 * it ahead of or behind all of them, for the next that comes to pay for.
 *
 * <p>A turn costs O(log n), as a source that comes or goes does. A source that is alone costs no arithmetic.
 *
 * @param <S> what jobs are handed out as
 */
public final class StrideScheduler<S> {

    /**
     * Where jobs come from.
     *
     * @param <S> what jobs are handed out as
     */
    public interface Source<S> {
        /** Jobs that are left. */
        long queued();

        /** The next jobs: 1 to {@code max} of them. Only called while there are some. */
        S take(int max);

        /** 1 or more; does not change. */
        int weight();

        /** Where it stands, of which it has one, and which is of no use to anybody else. */
        Place<S> place();
    }

    /**
     * By how much a job advances the pass of a source of weight 1. Times the jobs of any turn and a weight it fits into
     * a long.
     */
    private static final long STRIDE = 1 << 20;

    /**
     * Where a source stands among the others. Each source has one for all its life, since it comes and goes as it gets
     * jobs.
     *
     * @param <S> what jobs are handed out as
     */
    public static final class Place<S> extends AddressableHeap.Element {
        private final Source<S> source;
        private int weight;
        private long pass;

        /** Who has waited longer is first among equals. */
        private long since;

        public Place(Source<S> source) {
            this.source = source;
        }

        private int compareTo(Place<S> other) {
            long ahead = pass - other.pass; // not by comparing: a pool that runs for years may overflow them
            return Long.signum(ahead != 0 ? ahead : since - other.since);
        }
    }

    private final AddressableHeap<Place<S>> places = new AddressableHeap<>(Place::compareTo);
    private long weights;
    private long turns;

    /** The mean of the passes by weight, rounded down. */
    private long virtualTime;

    /**
     * By how much the sum of the weighted passes is more than that times the weights: kept, so that no rounding adds
     * up.
     */
    private long remainder;

    boolean isEmpty() {
        return places.isEmpty();
    }

    /** The sum of the weights of its sources. */
    long weights() {
        return weights;
    }

    /** Adds a source that is not here and has jobs. */
    void add(Source<S> source) {
        Place<S> place = source.place();
        place.weight = source.weight();
        // Rounded up: one just ahead of the mean would else see newcomers start behind it for ever.
        place.pass = virtualTime + (remainder > 0 ? 1 : 0);
        weights += place.weight;
        shift((place.pass - virtualTime) * place.weight);
        enqueue(place);
    }

    private void enqueue(Place<S> place) {
        place.since = ++turns;
        places.add(place);
    }

    /** Removes a source, if it is here. */
    void remove(Source<S> source) {
        if (places.remove(source.place())) {
            forget(source.place());
        }
    }

    private void forget(Place<S> place) {
        weights -= place.weight;
        shift((virtualTime - place.pass) * place.weight);
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
     * The next jobs of the source whose turn it is. What is wanted is shared among the sources by weight; if that makes
     * less of it than is worth a turn, whose turn it is gets more, and the others are next.
     *
     * @param wanted how many jobs, 1 or more
     * @param turn the least share of it, 1 or more
     * @return what the source gave, or null if there is nothing to hand out
     */
    S next(long wanted, int turn) {
        Place<S> place;
        while ((place = places.first()) != null) {
            long queued = place.source.queued();
            S taken = queued == 0 ? null : place.source.take((int) Math.min(share(place, wanted, turn), queued));
            long left = place.source.queued();
            if (left == 0) {
                places.remove(place);
                forget(place);
            } else if (places.size() > 1) {
                places.remove(place);
                advance(place, queued - left);
            }
            if (taken != null) {
                return taken;
            }
        }
        return null;
    }

    private long share(Place<S> place, long wanted, int turn) {
        long share = places.size() == 1 ? wanted : Math.max(Math.min(turn, wanted), wanted * place.weight / weights);
        return Math.min(share, Integer.MAX_VALUE);
    }

    private void advance(Place<S> place, long jobs) {
        long by = jobs * STRIDE / place.weight;
        place.pass += by;
        shift(by * place.weight);
        enqueue(place);
    }
}
