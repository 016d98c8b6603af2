package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

class TimelineTest {
    private record Step(int kind, int n) {}

    private record Job(int number, long dueAfterNs) {}

    @Provide
    Arbitrary<List<Step>> scripts() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 9).withDistribution(RandomDistribution.uniform()),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(200);
    }

    /** Against a list that is searched and sorted; the clock starts anywhere and may pass the largest number. */
    @Property
    void behavesLikeASortedList(@ForAll("scripts") List<Step> script, @ForAll long startNs) {
        Timeline<Job> timeline = new Timeline<>();
        Map<Job, Timeline.Entry<Job>> entries = new LinkedHashMap<>(); // the model: in the order in which they came
        long passedNs = 0;
        for (int i = 0; i < script.size(); i++) {
            Step step = script.get(i);
            if (step.kind() < 5) {
                Job job = new Job(i, passedNs + step.n());
                entries.put(job, timeline.add(job, startNs + job.dueAfterNs()));
            } else if (step.kind() < 7) {
                passedNs += step.n();
                List<Job> out = new ArrayList<>();
                while (timeline.isDue(startNs + passedNs)) {
                    out.add(timeline.removeFirst());
                }
                long untilNs = passedNs;
                List<Job> expected = entries.keySet().stream()
                        .filter(job -> job.dueAfterNs() <= untilNs)
                        .sorted(Comparator.comparingLong(Job::dueAfterNs)) // stable
                        .toList();
                assertThat(out).isEqualTo(expected);
                expected.forEach(job -> assertThat(timeline.remove(entries.remove(job)))
                        .as("waits no more")
                        .isFalse());
            } else if (!entries.isEmpty()) {
                Job job = List.copyOf(entries.keySet()).get(step.n() % entries.size());
                assertThat(timeline.remove(entries.get(job))).isTrue();
                assertThat(timeline.remove(entries.remove(job))).isFalse();
            }
            assertThat(timeline.size()).isEqualTo(entries.size());
            Job first = entries.keySet().stream()
                    .min(Comparator.comparingLong(Job::dueAfterNs))
                    .orElse(null);
            assertThat(timeline.first()).isEqualTo(first);
            assertThat(timeline.nextDueNs()).isEqualTo(first == null ? Timeline.NEVER : startNs + first.dueAfterNs());
        }
    }

    @Example
    void nothingIsDueWhereNothingWaits() {
        Timeline<String> timeline = new Timeline<>();
        assertThat(timeline.nextDueNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(timeline.isDue(Long.MAX_VALUE)).isFalse();
        assertThat(timeline.removeFirst()).isNull();
        assertThat(timeline.size()).isZero();
    }
}
