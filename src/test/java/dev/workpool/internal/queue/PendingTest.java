package dev.workpool.internal.queue;

import static dev.workpool.internal.slice.Slices.jobs;
import static dev.workpool.internal.slice.Slices.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PendingTest {

    @Example
    void handsOutWhatWasGrantedFirst() {
        Pending<String> pending = new Pending<>();
        pending.add(slice(1, 0, 3));
        pending.add(slice(2, 0, 2));
        assertThat(jobs(pending.take(2))).containsExactly("1:0", "1:1");
        assertThat(jobs(pending.take(2))).as("of one batch only").containsExactly("1:2");
        assertThat(jobs(pending.take(5))).containsExactly("2:0", "2:1");
        assertThat(pending.isEmpty()).isTrue();
    }

    @Example
    void handsOutWhatWasRecalledBeforeAllElse() {
        Pending<String> pending = new Pending<>();
        pending.add(slice(1, 0, 1));
        pending.giveBack(slice(2, 5, 2));
        assertThat(jobs(pending.take(9))).containsExactly("2:5", "2:6");
    }

    @Example
    void takesAnEmptyRecallForNothing() {
        Pending<String> pending = new Pending<>();
        pending.giveBack(slice(1, 0, 0));
        assertThat(pending.isEmpty()).isTrue();
        pending.add(slice(1, 0, 1));
        assertThat(pending.take(1).size()).isEqualTo(1);
    }

    @Example
    void theLastJobsAreThoseThatWouldBeHandedOutLast() {
        Pending<String> pending = new Pending<>();
        pending.add(slice(1, 0, 3));
        pending.add(slice(2, 0, 4));
        assertThat(jobs(pending.takeLast(3))).containsExactly("2:1", "2:2", "2:3");
        assertThat(pending.jobs()).isEqualTo(4);
        assertThat(jobs(pending.takeLast(3))).as("of one batch only").containsExactly("2:0");
        assertThat(jobs(pending.takeLast(3))).as("all of it").containsExactly("1:0", "1:1", "1:2");
        assertThat(pending.isEmpty()).isTrue();
    }

    @Example
    void takesOneJobOutOfTheMidst() {
        Pending<String> pending = new Pending<>();
        pending.add(slice(1, 10, 5));
        Slice<String> removed = pending.removeJob(1, 12);
        assertThat(jobs(removed)).containsExactly("1:12");
        assertThat(removed.first()).isEqualTo(12);
        assertThat(pending.jobs()).isEqualTo(4);
        assertThat(jobs(pending.take(5))).containsExactly("1:10", "1:11");
        assertThat(jobs(pending.take(5))).containsExactly("1:13", "1:14");
        assertThat(pending.removeJob(1, 12)).isNull();
    }

    /** Random operations against a set of the jobs that should be there. */
    @Property
    void losesAndDoublesNothing(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 4) Integer> operations,
            @ForAll @Size(min = 60, max = 60) List<@IntRange(min = 0, max = 9) Integer> numbers) {
        Pending<String> pending = new Pending<>();
        Set<String> model = new HashSet<>();
        List<Slice<String>> out = new ArrayList<>();
        int[] next = new int[3];
        for (int i = 0; i < operations.size(); i++) {
            int number = numbers.get(i);
            int batch = number % 3;
            switch (operations.get(i)) {
                case 0 -> {
                    Slice<String> granted = slice(batch, next[batch], number + 1);
                    next[batch] += number + 1;
                    pending.add(granted);
                    model.addAll(jobs(granted));
                }
                case 1 -> {
                    if (!pending.isEmpty()) {
                        Slice<String> taken = pending.take(number + 1);
                        assertThat(taken.size()).isBetween(1, number + 1);
                        assertThat(model.containsAll(jobs(taken))).isTrue();
                        jobs(taken).forEach(model::remove);
                        out.add(taken);
                    }
                }
                case 2 -> {
                    if (!out.isEmpty()) {
                        Slice<String> last = out.remove(out.size() - 1);
                        Slice<String> recalled = last.part(Math.min(number, last.size()), last.size());
                        pending.giveBack(recalled);
                        model.addAll(jobs(recalled));
                    }
                }
                case 3 -> {
                    String job = batch + ":" + number;
                    Slice<String> removed = pending.removeJob(batch, number);
                    assertThat(removed == null ? List.of() : jobs(removed))
                            .isEqualTo(model.remove(job) ? List.of(job) : List.of());
                }
                default -> {
                    Set<String> removed = new HashSet<>();
                    pending.removeBatch(batch, new Steps(Integer.MAX_VALUE), slice -> removed.addAll(jobs(slice)));
                    Set<String> expected = new HashSet<>(model);
                    expected.removeIf(job -> !job.startsWith(batch + ":"));
                    assertThat(removed).isEqualTo(expected);
                    model.removeAll(expected);
                }
            }
            assertThat(pending.jobs()).isEqualTo(model.size());
            assertThat(pending.isEmpty()).isEqualTo(model.isEmpty());
        }
        List<String> rest = new ArrayList<>();
        while (!pending.isEmpty()) {
            rest.addAll(jobs(pending.take(3)));
        }
        assertThat(rest).containsExactlyInAnyOrderElementsOf(model);
    }

    @Example
    void takesABatchOutInPartsAndLeavesTheOthersInTheirOrder() {
        Pending<String> pending = new Pending<>();
        for (int i = 0; i < 100; i++) {
            pending.add(slice(i % 2, i, 1));
        }
        List<Slice<String>> removed = new ArrayList<>();
        assertThat(pending.removeBatch(1, new Steps(8 * 20), removed::add)).isFalse();
        assertThat(removed).as("no more than that").hasSize(20);
        assertThat(pending.jobs()).isEqualTo(80);
        assertThat(pending.removeBatch(1, new Steps(Integer.MAX_VALUE), removed::add))
                .isTrue();
        assertThat(removed).extracting(Slice::first).isSorted().hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(jobs(pending.take(9))).containsExactly("0:" + 2 * i);
        }
        assertThat(pending.removeBatch(1, new Steps(0), removed::add)).isTrue();
    }
}
