package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AdmissionTest {
    @Test
    void admitsUpToItsCapacity() {
        Admission admission = new Admission(5);
        assertThat(admission.tryAdmit(3)).isTrue();
        assertThat(admission.tryAdmit(3)).isFalse();
        assertThat(admission.tryAdmit(2)).isTrue();
        admission.change(-1);
        assertThat(admission.tryAdmit(2)).isFalse();
        assertThat(admission.tryAdmit(1)).isTrue();
    }

    @Test
    void whatComesBackTakesItsPlaceEvenIfThereIsNone() {
        Admission admission = new Admission(2);
        admission.change(3);
        admission.change(-1);
        assertThat(admission.tryAdmit(1)).isFalse();
        admission.change(-1);
        assertThat(admission.tryAdmit(1)).isTrue();
    }

    /** The submitter of a batch may have run all of its jobs by then. */
    @Test
    void noJobsNeedNoPlace() {
        Admission admission = new Admission(1);
        admission.change(2);
        assertThat(admission.tryAdmit(0)).isTrue();
    }

    @Test
    void anUnlimitedOneAdmitsEverything() {
        Admission admission = Admission.unlimited();
        assertThat(admission.tryAdmit(Long.MAX_VALUE)).isTrue();
        assertThat(admission.tryAdmit(Long.MAX_VALUE)).isTrue();
    }

    @Test
    void aClosedOneAdmitsEverything() {
        Admission admission = new Admission(1);
        assertThat(admission.tryAdmit(1)).isTrue();
        admission.close();
        assertThat(admission.tryAdmit(1)).isTrue();
    }

    /** A waiter that missed its wake-up would wait for ever. */
    @Test
    @Timeout(60)
    void nobodyWaitsWhileThereIsRoom() throws InterruptedException {
        Admission admission = new Admission(2);
        AtomicLong inside = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 2_000; n++) {
                    try {
                        admission.admit(1);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    admission.change(-1);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isLessThanOrEqualTo(2);
        assertThat(admission.tryAdmit(2)).isTrue();
    }

    @Test
    @Timeout(60)
    void closingWakesWhoWaits() throws InterruptedException {
        Admission admission = new Admission(1);
        assertThat(admission.tryAdmit(1)).isTrue();
        Thread waiter = new Thread(() -> {
            try {
                admission.admit(1);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiter.start();
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        admission.close();
        waiter.join();
    }
}
