package dev.workpool.internal.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.akka.TestHarness;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One step after another. Threads that race are in {@link WindowStressTest}. */
@Timeout(60)
class WindowTest {
    private final Window window = new Window(100, 2, TestHarness.NONE);

    private Thread awaiting(long taken, AtomicLong limit) {
        Thread thread = new Thread(() -> limit.set(window.await(taken)));
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void aWindowAheadOfWhatIsDeliveredMayBeTaken() {
        window.open();
        assertThat(window.await(0)).isEqualTo(100);
        window.delivered(30);
        assertThat(window.await(100)).isEqualTo(130);
    }

    @Test
    void nothingMayBeTakenBeforeItIsOpen() throws InterruptedException {
        AtomicLong limit = new AtomicLong();
        Thread thread = awaiting(0, limit);
        window.open();
        thread.join();
        assertThat(limit).hasValue(100);
    }

    @Test
    void whoHasTakenAWindowWaitsUntilAPartOfItIsDelivered() throws InterruptedException {
        window.open();
        AtomicLong limit = new AtomicLong();
        Thread thread = awaiting(100, limit);
        window.delivered(window.part());
        thread.join();
        assertThat(limit).hasValue(100 + window.part());
    }

    /** The rest of the window may be full of jobs that wait for a slow one of their key. */
    @Test
    void oneJobThatIsDeliveredIsEnoughInTheEnd() throws InterruptedException {
        window.open();
        AtomicLong limit = new AtomicLong();
        Thread thread = awaiting(100, limit);
        window.delivered(1);
        thread.join();
        assertThat(limit).hasValue(101);
    }

    @Test
    void nobodyWaitsAtAClosedWindow() throws InterruptedException {
        AtomicLong limit = new AtomicLong();
        Thread thread = awaiting(0, limit);
        window.close();
        thread.join();
        assertThat(limit).hasValue(Window.CLOSED);
        assertThat(window.isClosed()).isTrue();
        window.open();
        assertThat(window.await(0)).isEqualTo(Window.CLOSED);
    }

    @Test
    void whoIsPokedReturnsOnceAndMayTakeNoMoreThanBefore() throws InterruptedException {
        AtomicLong limit = new AtomicLong(-7);
        Thread thread = awaiting(0, limit);
        window.poke();
        thread.join();
        assertThat(limit).as("not open").hasValue(0);
        window.open();
        window.poke();
        assertThat(window.await(100)).as("nor is there room").isEqualTo(100);
        Thread next = awaiting(100, limit); // the poke is over
        window.close();
        next.join();
    }

    /** Which a source may have left behind, and with which parking would not wait. */
    @Test
    void anInterruptDoesNotEndTheWait() throws InterruptedException {
        window.open();
        AtomicLong limit = new AtomicLong();
        Thread thread = awaiting(100, limit);
        thread.interrupt();
        window.delivered(50);
        thread.join();
        assertThat(limit).hasValue(150);
    }

    @Test
    void aPartLeavesWhatWorkersNeedAndIsOneAtLeast() {
        assertThat(new Window(100, 2, TestHarness.NONE).part()).isEqualTo(24);
        assertThat(new Window(8, 2, TestHarness.NONE).part()).isEqualTo(1);
        assertThat(new Window(1, 64, TestHarness.NONE).part()).isEqualTo(1);
    }
}
