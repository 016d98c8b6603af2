package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AddressableHeapTest {
    private static final class Item extends AddressableHeap.Element {
        final int key;

        Item(int key) {
            this.key = key;
        }
    }

    private long comparisons;
    private final AddressableHeap<Item> heap = new AddressableHeap<>((one, other) -> {
        comparisons++;
        return Integer.compare(one.key, other.key);
    });

    /** Against a list that is searched. */
    @Property
    void givesTheLeastOfWhatIsLeft(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int changes) {
        Random random = new Random(seed);
        List<Item> model = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            int kind = random.nextInt(5);
            if (kind < 3) {
                Item item = new Item(random.nextInt(40));
                heap.add(item);
                model.add(item);
            } else if (kind == 3 && !model.isEmpty()) {
                Item item = model.remove(random.nextInt(model.size()));
                assertThat(heap.remove(item)).isTrue();
                assertThat(heap.remove(item)).isFalse();
                assertThat(item.isIn()).isFalse();
            } else {
                Item first = heap.removeFirst();
                assertThat(model.remove(first)).isEqualTo(first != null);
                assertThat(model).allMatch(item -> item.key >= first.key);
            }
            assertThat(heap.size()).isEqualTo(model.size());
            assertThat(heap.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(model).allMatch(Item::isIn);
        }
        model.sort(Comparator.comparingInt(item -> item.key));
        for (Item item : model) {
            assertThat(heap.removeFirst().key).isEqualTo(item.key);
        }
        assertThat(heap.first()).isNull();
    }

    @Example
    void aRemovalDoesNotLookAtEverything() {
        Random random = new Random(1);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            items.add(new Item(random.nextInt()));
            heap.add(items.get(i));
        }
        for (Item item : items) {
            comparisons = 0;
            heap.remove(item);
            assertThat(comparisons).isLessThan(60); // three times the logarithm
        }
    }
}
