package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RepeatedWarningTest {
    private static final long TOGETHER_NS = RepeatedWarning.TOGETHER_NS;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> written = new ArrayList<>();
    private final RepeatedWarning<String> warning =
            new RepeatedWarning<>(new SerialExecutor(tasks::add), (count, sample) -> written.add(count + " " + sample));

    private void runTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    @Test
    void writesTheFirstAtOnceButElsewhere() {
        warning.add("a", -5);
        assertThat(written).isEmpty();
        runTasks();
        assertThat(written).containsExactly("1 a");
        assertThat(warning.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void writesThoseOfTheNextSecondTogether() {
        warning.add("a", 0);
        runTasks();
        warning.add("b", 1);
        warning.add("c", 2);
        warning.look(TOGETHER_NS - 1);
        runTasks();
        assertThat(written).containsExactly("1 a");
        assertThat(warning.nextDueNs()).isEqualTo(TOGETHER_NS);
        warning.look(TOGETHER_NS);
        warning.add("d", TOGETHER_NS + 1);
        runTasks();
        assertThat(written).containsExactly("1 a", "2 b");
        warning.look(2 * TOGETHER_NS);
        runTasks();
        assertThat(written).containsExactly("1 a", "2 b", "1 d");
        warning.look(3 * TOGETHER_NS);
        assertThat(tasks).isEmpty();
    }

    @Test
    void writesOneThatComesAfterAWhileAtOnce() {
        warning.add("a", 0);
        runTasks();
        warning.add("b", TOGETHER_NS);
        runTasks();
        assertThat(written).containsExactly("1 a", "1 b");
    }

    @Test
    void countsWhatComesWhileOneIsBeingWritten() {
        warning.add("a", 0);
        for (int second = 1; second <= 5; second++) {
            warning.add("b" + second, second * TOGETHER_NS);
            assertThat(warning.nextDueNs()).isEqualTo((second + 1) * TOGETHER_NS);
        }
        assertThat(tasks).as("nothing piles up").hasSize(1);
        runTasks();
        assertThat(written).containsExactly("1 a");
        warning.look(6 * TOGETHER_NS);
        runTasks();
        assertThat(written).containsExactly("1 a", "5 b1");
    }

    @Test
    void writesAllInTheEnd() {
        warning.add("a", 0);
        warning.add("b", 1);
        warning.add("c", 2);
        warning.end(3);
        assertThat(tasks).as("after the one before").hasSize(1);
        runTasks();
        assertThat(written).containsExactly("1 a", "2 b");
        warning.end(4);
        assertThat(tasks).isEmpty();
    }

    @Test
    void goesOnAfterAWriterThatFails() {
        List<Integer> counts = new ArrayList<>();
        RepeatedWarning<String> failing = new RepeatedWarning<>(new SerialExecutor(tasks::add), (count, sample) -> {
            counts.add(count);
            throw new IllegalStateException("on purpose");
        });
        failing.add("a", 0);
        runTasks();
        failing.add("b", TOGETHER_NS);
        runTasks();
        assertThat(counts).containsExactly(1, 1);
    }
}
