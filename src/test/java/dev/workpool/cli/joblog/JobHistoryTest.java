package dev.workpool.cli.joblog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.input.InputDigest;
import dev.workpool.cli.job.Ending;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class JobHistoryTest {

    @Property(tries = 300)
    void theLastLineAboutAJobCountsAndInputsAreCounted(
            @ForAll Set<Ending.Kind> doneAfter,
            @ForAll @Size(max = 40) List<@IntRange(max = 8) Integer> jobs,
            @ForAll @Size(value = 40) List<Ending.Kind> kinds,
            @ForAll @Size(max = 20) List<@IntRange(max = 4) Integer> inputs) {
        JobHistory history = new JobHistory(doneAfter);
        Map<String, Ending.Kind> last = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            String input = "input " + jobs.get(i) % 3;
            int occurrence = 1 + jobs.get(i) / 3;
            history.add(line(input, occurrence, kinds.get(i)));
            last.put(input + " " + occurrence, kinds.get(i));
        }
        Map<String, Integer> times = new HashMap<>();
        for (int number : inputs) {
            String input = "input " + number;
            int expected = times.merge(input, 1, Integer::sum);
            int occurrence = history.occurrence(InputDigest.of(input));
            assertThat(occurrence).isEqualTo(expected);
            Ending.Kind kind = last.get(input + " " + occurrence);
            assertThat(history.isDone(InputDigest.of(input), occurrence))
                    .isEqualTo(kind != null && doneAfter.contains(kind));
        }
    }

    @Test
    void whatWasDoneAndThenCancelledIsNotDone() {
        JobHistory history = new JobHistory(EnumSet.of(Ending.Kind.SUCCEEDED));
        history.add(line("x", 1, Ending.Kind.SUCCEEDED));
        assertThat(history.isDone(InputDigest.of("x"), 1)).isTrue();
        history.add(line("x", 1, Ending.Kind.CANCELLED));
        assertThat(history.isDone(InputDigest.of("x"), 1)).isFalse();
        history.add(line("x", 1, Ending.Kind.SUCCEEDED));
        assertThat(history.isDone(InputDigest.of("x"), 1)).isTrue();
    }

    private static JobLine line(String input, int occurrence, Ending.Kind kind) {
        return new JobLine(OptionalLong.empty(), 0, 0, kind, OptionalInt.empty(), occurrence, "--get", input);
    }
}
