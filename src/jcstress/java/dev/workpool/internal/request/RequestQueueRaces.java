package dev.workpool.internal.request;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.workpool.job.PoolStats;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Submitters, the dispatcher, and the end. */
public final class RequestQueueRaces {
    private static final Request.Closed CLOSED =
            new Request.Closed("closed", new PoolStats("p", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    private RequestQueueRaces() {}

    private static final class Counted implements Request<Integer, String> {
        private final AtomicInteger refused = new AtomicInteger();

        @Override
        public void refuse(Closed closed) {
            refused.incrementAndGet();
        }
    }

    /** What is in the queue has a dispatcher that is awake, or has been sent a message. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "true, true", "false, true"},
            expect = ACCEPTABLE,
            desc = "taken, or woken")
    @State
    public static class OfferAndSleep {
        private final RequestQueue<Integer, String> queue = new RequestQueue<>();
        private final AtomicInteger wakes = new AtomicInteger();

        public OfferAndSleep() {
            queue.open(wakes::incrementAndGet);
        }

        @Actor
        public void submitter() {
            queue.offer(new Counted());
        }

        @Actor
        public void dispatcher(ZZ_Result result) {
            queue.asleep();
            result.r1 = queue.poll() != null;
        }

        @Arbiter
        public void woken(ZZ_Result result) {
            result.r2 = wakes.get() > 1;
        }
    }

    /** The same where the dispatcher leaves what there is for later. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "woken once, and finds both")
    @State
    public static class OfferAndWakeAgain {
        private final RequestQueue<Integer, String> queue = new RequestQueue<>();
        private final AtomicInteger wakes = new AtomicInteger(-1);

        public OfferAndWakeAgain() {
            queue.open(wakes::incrementAndGet);
            queue.offer(new Counted());
            queue.asleep();
        }

        @Actor
        public void submitter() {
            queue.offer(new Counted());
        }

        @Actor
        public void dispatcher() {
            queue.wakeAgain();
        }

        @Arbiter
        public void end(II_Result result) {
            result.r1 = wakes.get();
            while (queue.poll() != null) {
                result.r2++;
            }
        }
    }

    /** Whoever is late is answered as well, and once. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both are refused once")
    @State
    public static class OfferAndClose {
        private final RequestQueue<Integer, String> queue = new RequestQueue<>();
        private final Counted early = new Counted();
        private final Counted late = new Counted();

        public OfferAndClose() {
            queue.offer(early);
        }

        @Actor
        public void submitter() {
            queue.offer(late);
        }

        @Actor
        public void closer() {
            queue.close(CLOSED, Runnable::run);
        }

        @Arbiter
        public void answers(II_Result result) {
            result.r1 = early.refused.get();
            result.r2 = late.refused.get();
        }
    }
}
