package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AvailableSlotsTest {
    private final AvailableSlots<Integer, String> availableSlots = new AvailableSlots<>();
    private final Slot<Integer, String> a = new Slot<>(0);
    private final Slot<Integer, String> b = new Slot<>(1);

    private static void give(Slot<Integer, String> slot) {
        slot.out.addLast(new Assignment<>(Slices.slice(1, 0, 1), slot, System::nanoTime));
    }

    @Example
    void nobodyStandsInAnEmptyLine() {
        assertThat(availableSlots.first(2)).isNull();
        assertThat(availableSlots.room(2, 100)).isZero();
    }

    @Example
    void theIdleComeBeforeTheBusy() {
        give(a);
        availableSlots.add(a);
        availableSlots.add(b);
        assertThat(availableSlots.first(2)).isSameAs(b);
        assertThat(availableSlots.room(2, 100)).isEqualTo(3);
        assertThat(availableSlots.room(2, 1)).as("enough").isBetween(1, 2);
    }

    @Example
    void nobodyGetsASecondChunkBeforeEverybodyHasAFirst() {
        availableSlots.add(a);
        availableSlots.add(b);
        Slot<Integer, String> first = availableSlots.first(2);
        give(first);
        availableSlots.rotate();
        Slot<Integer, String> second = availableSlots.first(2);
        assertThat(second).isNotSameAs(first);
        give(second);
        availableSlots.rotate();
        assertThat(availableSlots.first(2)).isSameAs(first);
    }

    @Example
    void whoHasNoRoomLeavesTheLineUntilSomethingChanges() {
        give(a);
        availableSlots.add(a);
        assertThat(availableSlots.first(1)).isNull();
        assertThat(a.inLine).isFalse();
        a.out.clear();
        availableSlots.add(a);
        assertThat(availableSlots.first(1)).isSameAs(a);
    }

    @Example
    void whoBecomesIdleMovesToTheFront() {
        give(a);
        give(b);
        availableSlots.add(a);
        availableSlots.add(b);
        b.out.clear();
        availableSlots.add(b);
        assertThat(availableSlots.first(2)).isSameAs(b);
        assertThat(availableSlots.room(2, 100)).as("stands in it once").isEqualTo(3);
    }

    @Example
    void asManyIdleSlotsAreFoundAsAreWantedOrNone() {
        Slot<Integer, String> c = new Slot<>(2);
        give(c);
        availableSlots.add(a);
        availableSlots.add(b);
        availableSlots.add(c);
        assertThat(availableSlots.idle(0)).isEmpty();
        assertThat(availableSlots.idle(1)).hasSize(1);
        assertThat(availableSlots.idle(2)).containsExactlyInAnyOrder(a, b);
        assertThat(availableSlots.idle(3)).as("the third has a chunk").isNull();
        availableSlots.first(2);
        assertThat(availableSlots.idle(2)).as("they stay in the line").hasSize(2);
        assertThat(new AvailableSlots<Integer, String>().idle(1)).isNull();
    }

    /** Whatever happens to slots that are re-added after each change, the line finds an idle one if there is one. */
    @Property
    void anIdleSlotIsAlwaysFoundFirst(@ForAll @Size(max = 60) List<@IntRange(min = 0, max = 11) Integer> changes) {
        AvailableSlots<Integer, String> fresh = new AvailableSlots<>();
        List<Slot<Integer, String>> slots = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            slots.add(new Slot<>(i));
            fresh.add(slots.get(i));
        }
        for (int change : changes) {
            Slot<Integer, String> slot = slots.get(change % 4);
            if (change < 8) {
                Slot<Integer, String> first = fresh.first(2);
                boolean anyIdle = slots.stream().anyMatch(Slot::isIdle);
                boolean anyRoom = slots.stream().anyMatch(each -> each.room(2) > 0);
                assertThat(first != null).isEqualTo(anyRoom);
                if (first != null) {
                    assertThat(first.isIdle()).isEqualTo(anyIdle);
                    give(first);
                    fresh.rotate();
                }
            } else if (!slot.out.isEmpty()) {
                slot.out.removeFirst();
                fresh.add(slot);
            }
            int room = slots.stream()
                    .filter(each -> each.inLine)
                    .mapToInt(each -> each.room(2))
                    .sum();
            assertThat(fresh.room(2, 100)).isEqualTo(room);
        }
    }
}
