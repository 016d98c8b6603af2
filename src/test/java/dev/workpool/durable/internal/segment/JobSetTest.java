package dev.workpool.durable.internal.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.codec.bytes.DamagedBlock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A set of jobs is a set of numbers, whatever is done with it. */
class JobSetTest {
    private static JobSet set(long from, Set<Integer> places) {
        BitSet members = new BitSet();
        places.forEach(members::set);
        return JobSet.of(from, members);
    }

    private static List<Long> numbers(JobSet set) {
        return LongStream.of(set.indices()).boxed().toList();
    }

    private static List<Long> expected(long from, Set<Integer> places) {
        return new TreeSet<>(places).stream().map(place -> from + place).toList();
    }

    @Property(tries = 300)
    void itHasTheJobsThatItWasMadeOfAndIsReadAsItWasWritten(
            @ForAll @LongRange(min = 0, max = 1L << 40) long from,
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 200) Integer> places) {
        JobSet set = set(from, places);
        assertThat(numbers(set)).isEqualTo(expected(from, places));
        assertThat(set.size()).isEqualTo(places.size());
        assertThat(JobSet.read(set.lowest(), set.span(), set.toBytes())).isEqualTo(set);
        List<Long> walked = new ArrayList<>();
        set.forEach(walked::add);
        assertThat(walked).isEqualTo(numbers(set));
        for (int place = -1; place <= 201; place++) {
            assertThat(set.contains(from + place)).isEqualTo(places.contains(place));
        }
    }

    @Property(tries = 300)
    void partsAreTheWholeInOrder(
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 200) Integer> places,
            @ForAll @IntRange(min = 1, max = 50) int jobs) {
        JobSet set = set(7, places);
        List<JobSet> parts = set.parts(jobs);
        assertThat(parts).allSatisfy(part -> assertThat(part.size()).isLessThanOrEqualTo(jobs));
        assertThat(parts.stream().flatMap(part -> numbers(part).stream()).toList())
                .isEqualTo(numbers(set));
        assertThat(parts.stream().map(JobSet::lowest)).doesNotHaveDuplicates();
        if (jobs < set.size()) {
            List<JobSet> halves = set.split(jobs);
            assertThat(halves.get(0).size()).isEqualTo(jobs);
            assertThat(numbers(halves.get(0))).isEqualTo(numbers(set).subList(0, jobs));
            assertThat(numbers(halves.get(1))).isEqualTo(numbers(set).subList(jobs, set.size()));
        }
    }

    @Property(tries = 300)
    void noPartReachesPastAJobOfAnother(
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 60) Integer> places,
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 60) Integer> others) {
        JobSet set = set(5, places);
        List<JobSet> parts = set.cutAt(set(5, others));
        assertThat(parts.stream().flatMap(part -> numbers(part).stream()).toList())
                .isEqualTo(numbers(set));
        List<Long> strangers = new ArrayList<>(expected(5, others));
        strangers.removeAll(expected(5, places));
        for (int i = 0; i < parts.size(); i++) {
            long first = parts.get(i).lowest();
            long last = first + parts.get(i).span() - 1;
            assertThat(strangers).noneMatch(number -> number > first && number < last);
            if (i > 0) {
                long before = parts.get(i - 1).lowest() + parts.get(i - 1).span() - 1;
                assertThat(strangers).anyMatch(number -> number > before && number < first);
            }
        }
    }

    @Property(tries = 300)
    void whatIsTakenOutIsNotIn(
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 60) Integer> places,
            @ForAll @Size(min = 1, max = 40) Set<@IntRange(max = 60) Integer> others) {
        List<Long> left = new ArrayList<>(expected(5, places));
        left.removeAll(expected(5, others));
        assertThat(set(5, places)
                        .without(set(5, others))
                        .map(JobSetTest::numbers)
                        .orElse(List.of()))
                .isEqualTo(left);
    }

    @Test
    void aFullRangeNeedsNoBytes() {
        assertThat(JobSet.range(3, 1_000).toBytes()).isNull();
        assertThat(JobSet.read(3, 1_000, null)).isEqualTo(JobSet.range(3, 1_000));
    }

    @Test
    void whatIsEmptyOrDamagedIsRefused() {
        assertThatThrownBy(() -> JobSet.of(1, new BitSet())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobSet.range(1, 0)).hasMessage("jobs = 0; allowed: 1 or more");
        assertThatThrownBy(() -> JobSet.read(1, 5, new byte[] {1})).isInstanceOf(DamagedBlock.class);
        assertThatThrownBy(() -> JobSet.read(1, 2, new byte[] {2})).isInstanceOf(DamagedBlock.class);
    }
}
