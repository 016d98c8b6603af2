package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.PoolStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IntakeTest {
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

    private final Intake<Integer, String> intake = new Intake<>();
    private final AtomicInteger wakes = new AtomicInteger();

    @Test
    void keepsWhatComesBeforeTheDispatcher() {
        Counted early = new Counted();
        intake.offer(early);
        intake.open(wakes::incrementAndGet);
        assertThat(wakes).hasValue(1);
        assertThat(intake.poll()).isSameAs(early);
    }

    @Test
    void wakesTheDispatcherOnceForAllThatHasCome() {
        intake.open(wakes::incrementAndGet);
        intake.asleep();
        intake.offer(new Counted());
        intake.offer(new Counted());
        assertThat(wakes).as("once at the start, once for both").hasValue(2);
        intake.asleep();
        assertThat(intake.poll()).isNotNull();
        assertThat(intake.poll()).isNotNull();
        assertThat(intake.poll()).isNull();
        intake.offer(new Counted());
        assertThat(wakes).hasValue(3);
    }

    @Test
    void wakesTheDispatcherAgainForWhatItLeaves() {
        intake.open(wakes::incrementAndGet);
        intake.asleep();
        intake.wakeAgain();
        intake.wakeAgain();
        assertThat(wakes).hasValue(2);
    }

    @Test
    void refusesWhatItHoldsAndWhatComesAfterTheClosing() {
        Counted held = new Counted();
        intake.open(wakes::incrementAndGet);
        intake.offer(held);
        intake.close(CLOSED, Runnable::run);
        assertThat(held.refused).hasValue(1);
        int before = wakes.get();
        Counted late = new Counted();
        intake.offer(late);
        assertThat(late.refused).hasValue(1);
        assertThat(wakes).as("nobody is there to wake").hasValue(before);
        assertThat(intake.poll()).isNull();
        intake.close(CLOSED, Runnable::run);
        assertThat(late.refused).hasValue(1);
    }

    @Test
    void refusesOnTheCallbackExecutorAndNotOnTheThreadThatClosesOrOffers() {
        Queue<Runnable> callbacks = new ArrayDeque<>();
        Counted held = new Counted();
        intake.offer(held);
        intake.close(CLOSED, callbacks::add);
        Counted late = new Counted();
        intake.offer(late);
        assertThat(held.refused).hasValue(0);
        assertThat(late.refused).hasValue(0);
        callbacks.forEach(Runnable::run);
        assertThat(held.refused).hasValue(1);
        assertThat(late.refused).hasValue(1);
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
        Intake<Integer, String> intake = new Intake<>();
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
                    mine.forEach(intake::offer);
                } catch (Throwable e) {
                    strayed.set(true);
                }
            });
            offering.add(thread);
            thread.start();
        }
        intake.open(() -> woken.set(true));
        start.countDown();
        int taken = 0;
        int closeAfter = round * 4 % (threads * each);
        while (taken < closeAfter) {
            if (woken.compareAndSet(true, false)) {
                intake.asleep();
                Request<Integer, String> request;
                while (taken < closeAfter && (request = intake.poll()) != null) {
                    ((Counted) request).taken.incrementAndGet();
                    taken++;
                }
                intake.wakeAgain();
            } else {
                Thread.onSpinWait();
            }
        }
        intake.close(CLOSED, Runnable::run);
        for (Thread thread : offering) {
            thread.join();
        }
        assertThat(strayed).isFalse();
        assertThat(intake.poll()).isNull();
        assertThat(requests).allMatch(request -> request.taken.get() + request.refused.get() == 1);
    }
}
