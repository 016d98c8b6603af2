package dev.workpool.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private static final Request.Closed CLOSED =
            new Request.Closed("closed", new PoolStats("p", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    private static final class Counted implements Request<Integer, String> {
        final AtomicInteger taken = new AtomicInteger();
        final AtomicInteger refused = new AtomicInteger();

        @Override
        public void refuse(Closed closed) {
            assertThat(closed).isSameAs(CLOSED);
            refused.incrementAndGet();
        }
    }

    private final RequestQueue<Integer, String> requestQueue = new RequestQueue<>();
    private final AtomicInteger wakes = new AtomicInteger();

    @Test
    void keepsWhatComesBeforeTheDispatcher() {
        Counted early = new Counted();
        requestQueue.offer(early);
        requestQueue.open(wakes::incrementAndGet);
        assertThat(wakes).hasValue(1);
        assertThat(requestQueue.poll()).isSameAs(early);
    }

    @Test
    void wakesTheDispatcherOnceForAllThatHasCome() {
        requestQueue.open(wakes::incrementAndGet);
        requestQueue.asleep();
        requestQueue.offer(new Counted());
        requestQueue.offer(new Counted());
        assertThat(wakes).as("once at the start, once for both").hasValue(2);
        requestQueue.asleep();
        assertThat(requestQueue.poll()).isNotNull();
        assertThat(requestQueue.poll()).isNotNull();
        assertThat(requestQueue.poll()).isNull();
        requestQueue.offer(new Counted());
        assertThat(wakes).hasValue(3);
    }

    @Test
    void wakesTheDispatcherAgainForWhatItLeaves() {
        requestQueue.open(wakes::incrementAndGet);
        requestQueue.asleep();
        requestQueue.wakeAgain();
        requestQueue.wakeAgain();
        assertThat(wakes).hasValue(2);
    }

    @Test
    void refusesWhatItHoldsAndWhatComesAfterTheClosing() {
        Counted held = new Counted();
        requestQueue.open(wakes::incrementAndGet);
        requestQueue.offer(held);
        requestQueue.close(CLOSED, Runnable::run);
        assertThat(held.refused).hasValue(1);
        int before = wakes.get();
        Counted late = new Counted();
        requestQueue.offer(late);
        assertThat(late.refused).hasValue(1);
        assertThat(wakes).as("nobody is there to wake").hasValue(before);
        assertThat(requestQueue.poll()).isNull();
        requestQueue.close(CLOSED, Runnable::run);
        assertThat(late.refused).hasValue(1);
    }

    @Test
    void refusesOnTheCallbackExecutorAndNotOnTheThreadThatClosesOrOffers() {
        Queue<Runnable> callbacks = new ArrayDeque<>();
        Counted held = new Counted();
        requestQueue.offer(held);
        requestQueue.close(CLOSED, callbacks::add);
        Counted late = new Counted();
        requestQueue.offer(late);
        assertThat(held.refused).hasValue(0);
        assertThat(late.refused).hasValue(0);
        callbacks.forEach(Runnable::run);
        assertThat(held.refused).hasValue(1);
        assertThat(late.refused).hasValue(1);
    }

    /** There may be no memory for the message. */
    @Test
    void aRequestOfWhichTheDispatcherCannotBeToldIsNotHandedIn() {
        AtomicBoolean fails = new AtomicBoolean();
        requestQueue.open(() -> {
            wakes.incrementAndGet();
            if (fails.get()) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        requestQueue.asleep();
        fails.set(true);
        Counted request = new Counted();
        assertThatThrownBy(() -> requestQueue.offer(request, 3)).isInstanceOf(OutOfMemoryError.class);
        fails.set(false);
        Counted next = new Counted();
        assertThat(requestQueue.offer(next, 1)).isTrue();
        assertThat(wakes).as("tried again").hasValue(3);
        requestQueue.asleep();
        assertThat(requestQueue.poll()).isSameAs(next);
        assertThat(requestQueue.entered())
                .as("the places of both are known to be free again")
                .isEqualTo(4);
        requestQueue.close(CLOSED, Runnable::run);
        assertThat(request.refused).as("its submitter has the error").hasValue(0);
    }

    /** By a dispatcher that was awake after all, for instance. */
    @Test
    void aRequestThatWasTakenIsHandedInThoughTheWakerFails() {
        AtomicBoolean fails = new AtomicBoolean();
        List<Request<Integer, String>> taken = new ArrayList<>();
        requestQueue.open(() -> {
            if (fails.get()) {
                taken.add(requestQueue.poll());
                throw new OutOfMemoryError("on purpose");
            }
        });
        requestQueue.asleep();
        fails.set(true);
        Counted request = new Counted();
        assertThat(requestQueue.offer(request, 1)).isTrue();
        assertThat(taken).containsExactly(request);
    }

    @Test
    void whoFindsNoRoomTellsTheDispatcherOfPlacesThatWereTakenBack() {
        RequestQueue<Integer, String> bounded = new RequestQueue<>(ArrivalQueue.bounded(1, 0));
        AtomicBoolean fails = new AtomicBoolean();
        bounded.open(() -> {
            wakes.incrementAndGet();
            if (fails.get()) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        bounded.asleep();
        fails.set(true);
        assertThatThrownBy(() -> bounded.offer(new Counted(), 1)).isInstanceOf(OutOfMemoryError.class);
        fails.set(false);
        assertThat(bounded.offer(new Counted(), 1)).isFalse();
        assertThat(wakes).hasValue(3);
        bounded.asleep();
        assertThat(bounded.poll()).isNull();
        assertThat(bounded.entered()).isEqualTo(1);
    }

    @Test
    void whatStopsThePoolTakesThePlacesOfTheIdleAtOnceUntilItIsHeard() {
        RequestQueue<Integer, String> bounded = new RequestQueue<>(ArrivalQueue.bounded(1, 2));
        bounded.open(wakes::incrementAndGet);
        List<Runnable> heard = new ArrayList<>();
        bounded.offerStop(tell -> {
            heard.add(tell);
            return new Counted();
        });
        assertThat(bounded.offer(new Counted(), 2)).isFalse();
        assertThat(bounded.offer(new Counted(), 1)).isTrue();
        heard.get(0).run();
        assertThat(bounded.offer(new Counted(), 2))
                .as("the dispatcher would have changed the limit, if need be")
                .isTrue();
    }

    @Test
    void whatCannotStopThePoolTakesNoPlaces() {
        RequestQueue<Integer, String> bounded = new RequestQueue<>(ArrivalQueue.bounded(1, 2));
        AtomicBoolean fails = new AtomicBoolean();
        bounded.open(() -> {
            if (fails.get()) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        bounded.asleep();
        fails.set(true);
        assertThatThrownBy(() -> bounded.offerStop(tell -> new Counted())).isInstanceOf(OutOfMemoryError.class);
        fails.set(false);
        assertThat(bounded.offer(new Counted(), 3)).isTrue();
    }

    @Test
    void theClosingTakesNoAnswerBack() {
        Request.Closed other = new Request.Closed("later", CLOSED.lastStats());
        requestQueue.close(CLOSED, Runnable::run);
        requestQueue.close(other, Runnable::run);
        Counted late = new Counted();
        requestQueue.offer(late);
        assertThat(late.refused).as("with the first answer").hasValue(1);
    }

    private static WorkerPoolSettings settings() {
        return WorkerPoolSettings.create(ConfigFactory.load(), "p").withWorkers(3);
    }

    @Test
    void whereNobodyIsIdleYetTheCapacityIsAllThereIs() {
        assertThat(most(RequestQueue.of(settings().withQueueCapacity(2, WhenFull.REJECT), workers -> 0)))
                .isEqualTo(2);
    }

    private static int most(WorkerPoolSettings settings) {
        return most(RequestQueue.<Integer, String>of(settings));
    }

    private static int most(RequestQueue<Integer, String> requestQueue) {
        int most = 0;
        while (most < 100 && requestQueue.offer(new Counted(), 1)) {
            most++;
        }
        return most;
    }

    @Test
    void aPoolTakesAtFirstWhatItsQueueHoldsAndWhatCanBeginAtOnce() {
        assertThat(most(settings())).as("without a bound").isEqualTo(100);
        assertThat(most(settings().withQueueCapacity(5, WhenFull.REJECT))).isEqualTo(8);
        assertThat(most(settings().withQueueCapacity(5, WhenFull.DROP_OLDEST)))
                .as("the dispatcher makes room")
                .isEqualTo(100);
        assertThat(most(settings().withQueueCapacity(5, WhenFull.BLOCK).withRateLimit(new RateLimit(1, 2))))
                .as("a rate lets two begin")
                .isEqualTo(7);
    }

    /** Threads that offer, a dispatcher that takes upon each wake-up, and a closing in the midst of it; many times over. */
    @Test
    void everyRequestIsTakenOrRefusedExactlyOnceHoweverItRacesWithTheClosing() throws Exception {
        int rounds = 150 * Integer.getInteger("workpool.stress", 1);
        for (int round = 0; round < rounds; round++) {
            raceWithClosing(round);
        }
    }

    private static void raceWithClosing(int round) throws InterruptedException {
        int threads = 3;
        int each = 200;
        RequestQueue<Integer, String> requestQueue = new RequestQueue<>();
        List<Counted> requests = new ArrayList<>();
        for (int i = 0; i < threads * each; i++) {
            requests.add(new Counted());
        }
        AtomicBoolean woken = new AtomicBoolean();
        AtomicBoolean strayed = new AtomicBoolean();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> offering = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            List<Counted> mine = requests.subList(t * each, (t + 1) * each);
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    mine.forEach(requestQueue::offer);
                } catch (Throwable e) {
                    strayed.set(true);
                }
            });
            offering.add(thread);
            thread.start();
        }
        requestQueue.open(() -> woken.set(true));
        start.countDown();
        int taken = 0;
        int closeAfter = round * 4 % (threads * each);
        while (taken < closeAfter) {
            if (woken.compareAndSet(true, false)) {
                requestQueue.asleep();
                Request<Integer, String> request;
                while (taken < closeAfter && (request = requestQueue.poll()) != null) {
                    ((Counted) request).taken.incrementAndGet();
                    taken++;
                }
                requestQueue.wakeAgain();
            } else {
                Thread.onSpinWait();
            }
        }
        requestQueue.close(CLOSED, Runnable::run);
        for (Thread thread : offering) {
            thread.join();
        }
        assertThat(strayed).isFalse();
        assertThat(requestQueue.poll()).isNull();
        assertThat(requests).allMatch(request -> request.taken.get() + request.refused.get() == 1);
    }
}
