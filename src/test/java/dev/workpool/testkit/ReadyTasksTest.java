package dev.workpool.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks are taken in their order, or in one that a seed decides. */
class ReadyTasksTest {
    private final List<Integer> ran = new ArrayList<>();

    private Runnable task(int number) {
        return () -> ran.add(number);
    }

    private List<Integer> run(ReadyTasks tasks, List<Runnable> others) {
        ran.clear();
        for (int i = 0; i < 5; i++) {
            tasks.add(task(i));
        }
        List<Runnable> left = new ArrayList<>(others);
        for (Runnable next = tasks.take(left); next != null; next = tasks.take(left)) {
            left.remove(next);
            next.run();
        }
        assertThat(tasks.isEmpty()).isTrue();
        return List.copyOf(ran);
    }

    @Test
    void withoutASeedTheyComeInOrderAndOthersAfterThem() {
        assertThat(run(new ReadyTasks(), List.of(task(8), task(9)))).containsExactly(0, 1, 2, 3, 4, 8, 9);
    }

    @Test
    void aSeedDecidesOnTheirOrder() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            List<Runnable> others = List.of(task(8), task(9));
            ReadyTasks tasks = new ReadyTasks();
            tasks.shuffle(seed);
            List<Integer> order = run(tasks, others);
            assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 8, 9);
            ReadyTasks again = new ReadyTasks();
            again.shuffle(seed);
            assertThat(run(again, others)).isEqualTo(order);
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(40);
    }

    @Test
    void whatIsThereBeforeTheSeedComesFirst() {
        ReadyTasks tasks = new ReadyTasks();
        IntStream.range(10, 15).forEach(number -> tasks.add(task(number)));
        tasks.shuffle(1);
        assertThat(run(tasks, List.of())).startsWith(10, 11, 12, 13, 14).hasSize(10);
    }
}
