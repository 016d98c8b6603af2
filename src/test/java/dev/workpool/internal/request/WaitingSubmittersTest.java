package dev.workpool.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingSubmittersTest {
    private final WaitingSubmitters submitters = new WaitingSubmitters();

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private Thread start(int jobs, AtomicBoolean room, AtomicInteger looks) {
        Thread thread = new Thread(() -> {
            try {
                submitters.await(jobs, () -> {
                    looks.incrementAndGet();
                    return room.get();
                });
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void whoFindsRoomDoesNotWait() throws InterruptedException {
        submitters.await(3, () -> {
            assertThat(submitters.isEmpty()).as("nobody else is to overtake").isFalse();
            return true;
        });
        assertThat(submitters.isEmpty()).isTrue();
        submitters.roomMade(3); // harmless
    }

    @Test
    void whoWaitsLooksAgainOnceThereIsRoomForAllItBrings() throws InterruptedException {
        AtomicBoolean room = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        Thread waiter = start(3, room, looks);
        awaitWaiting(waiter);
        int before = looks.get();
        submitters.roomMade(2);
        assertThat(waiter.getState()).as("too little to wake it for").isEqualTo(Thread.State.WAITING);
        assertThat(looks).hasValue(before);
        room.set(true);
        submitters.roomMade(3);
        waiter.join();
        assertThat(submitters.isEmpty()).isTrue();
    }

    @Test
    void whoIsInterruptedBeforeItsTurnTakesNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> submitters.await(1, () -> {
                    throw new AssertionError("it has no turn");
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(submitters.isEmpty()).isTrue();
    }

    @Test
    void whoFailsAsItEntersLeavesTheTurnToTheNext() throws InterruptedException {
        assertThatThrownBy(() -> submitters.await(1, () -> {
                    throw new OutOfMemoryError("on purpose");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(submitters.isEmpty()).isTrue();
        Thread next = start(1, new AtomicBoolean(true), new AtomicInteger());
        next.join();
    }
}
