package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesTest {
    private final Places<Integer, String> places = new Places<>();

    private Slot<Integer, String> put(int index) {
        Slot<Integer, String> slot = new Slot<>(index);
        places.put(slot);
        return slot;
    }

    @Test
    void slotsAreFoundByTheirIndexAndListedInItsOrder() {
        Slot<Integer, String> two = put(2);
        Slot<Integer, String> zero = put(0);
        assertThat(places.at(0)).isSameAs(zero);
        assertThat(places.at(1)).isNull();
        assertThat(places.at(2)).isSameAs(two);
        assertThat(places.at(3)).isNull();
        assertThat(places.all()).containsExactly(zero, two);
        assertThat(places.end()).isEqualTo(3);
    }

    @Test
    void whoLeavesIsNotFoundAndTheEndIsAfterTheLastThatIsLeft() {
        Slot<Integer, String> zero = put(0);
        Slot<Integer, String> one = put(1);
        Slot<Integer, String> two = put(2);
        assertThat(places.remove(one)).isTrue();
        assertThat(places.remove(one)).isFalse();
        assertThat(places.end()).isEqualTo(3);
        assertThat(places.remove(two)).isTrue();
        assertThat(places.end()).isEqualTo(1);
        assertThat(places.all()).containsExactly(zero);
        put(1);
        assertThat(places.remove(one)).as("another has its index").isFalse();
        assertThat(places.all()).hasSize(2);
    }
}
