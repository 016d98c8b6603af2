package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slices;
import dev.workpool.internal.worker.Chunk;
import org.junit.jupiter.api.Test;

class SlotTest {
    private final Slot<Integer, String> slot = new Slot<>(3);

    private Assignment<Integer, String> give(int jobs) {
        Assignment<Integer, String> assignment = new Assignment<>(Slices.slice(1, 0, jobs), slot, System::nanoTime);
        slot.out.addLast(assignment);
        return assignment;
    }

    @Test
    void hasRoomForAsManyChunksAsTheDepthSays() {
        assertThat(slot.isIdle()).isTrue();
        assertThat(slot.room(1)).isEqualTo(1);
        assertThat(slot.room(2)).isEqualTo(2);
        give(1);
        assertThat(slot.isIdle()).isFalse();
        assertThat(slot.room(1)).isZero();
        assertThat(slot.room(2)).isEqualTo(1);
        give(1);
        assertThat(slot.room(1)).as("the depth has become less").isZero();
        assertThat(slot.room(2)).isZero();
    }

    @Test
    void hasNoRoomBehindAnOverdueChunk() {
        give(1).overdue = true;
        assertThat(slot.room(2)).isZero();
    }

    @Test
    void hasNoRoomBehindAHandlerThatCouldNotBeReplaced() {
        give(1).state = Assignment.State.HELD;
        assertThat(slot.room(2)).isZero();
    }

    @Test
    void hasNoRoomAndIsNotIdleWithoutAWorker() {
        slot.vacated = true;
        assertThat(slot.room(2)).isZero();
        assertThat(slot.isIdle()).isFalse();
        slot.fill(null, null);
        assertThat(slot.room(2)).isEqualTo(2);
        assertThat(slot.isIdle()).isTrue();
    }

    @Test
    void sparesAllUnclaimedJobsButTheOneAboutToBegin() {
        assertThat(slot.spare()).isZero();
        Chunk<Integer, String> head = give(3).chunk;
        assertThat(slot.spare()).isEqualTo(2);
        head.claim();
        assertThat(slot.spare()).isEqualTo(2);
        head.claim();
        assertThat(slot.spare()).isEqualTo(1);
        give(4);
        assertThat(slot.spare()).isEqualTo(5);
        head.recall(0);
        assertThat(slot.spare()).isEqualTo(4);
    }

    @Test
    void sparesNothingOfASingleJobAboutToBegin() {
        give(1);
        assertThat(slot.spare()).isZero();
    }
}
