package dev.workpool.internal.request;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Threads that add to a queue, and the one that empties it. */
public final class ArrivalQueueRaces {
    private ArrivalQueueRaces() {}

    /** How many there are; what has no item was claimed. */
    private static int items(ArrivalQueue.Arrival<String> first) {
        int items = 0;
        for (ArrivalQueue.Arrival<String> each = first; each != null; each = each.next()) {
            items += each.claim() == null ? 0 : 1;
        }
        return items;
    }

    /** Who gets the last place. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "one of them")
    @State
    public static class LastPlace {
        private final ArrivalQueue<String> queue = ArrivalQueue.bounded(1, 0);

        @Actor
        public void one(ZZ_Result result) {
            result.r1 = queue.add("one", 1) != null;
        }

        @Actor
        public void other(ZZ_Result result) {
            result.r2 = queue.add("other", 1) != null;
        }
    }

    /** Places and arrivals go together, also where one takes room without adding anything. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "one of them")
    @State
    public static class LastPlaceByReservation {
        private final ArrivalQueue<String> queue = ArrivalQueue.bounded(1, 0);

        @Actor
        public void one(ZZ_Result result) {
            result.r1 = queue.add("one", 1) != null;
        }

        @Actor
        public void other(ZZ_Result result) {
            result.r2 = queue.reserve(1);
        }
    }

    /** Each arrival is taken once: now, or by whoever empties the queue next. */
    @JCStressTest
    @Outcome(
            id = {"0, 2", "1, 1", "2, 0"},
            expect = ACCEPTABLE,
            desc = "both")
    @State
    public static class AddAndTake {
        private final ArrivalQueue<String> queue = ArrivalQueue.unbounded();

        @Actor
        public void one() {
            queue.add("one", 1);
        }

        @Actor
        public void other() {
            queue.add("other", 1);
        }

        @Actor
        public void taker(II_Result result) {
            result.r1 = items(queue.takeAll());
        }

        @Arbiter
        public void rest(II_Result result) {
            result.r2 = items(queue.takeAll());
        }
    }

    /** Whoever added something may take it back, unless it was taken. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0"},
            expect = ACCEPTABLE,
            desc = "one of them has it")
    @State
    public static class TakeBackAndTake {
        private final ArrivalQueue<String> queue = ArrivalQueue.unbounded();
        private final ArrivalQueue.Arrival<String> arrival = queue.add("it", 1);

        @Actor
        public void submitter(II_Result result) {
            result.r1 = arrival.claim() == null ? 0 : 1;
        }

        @Actor
        public void taker(II_Result result) {
            result.r2 = items(queue.takeAll());
        }
    }
}
