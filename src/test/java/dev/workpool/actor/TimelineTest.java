package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

class TimelineTest {
    private static final int KINDS = 4;

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
        List<Job> model = new ArrayList<>();
        long passedNs = 0;
        for (int i = 0; i < script.size(); i++) {
            Step step = script.get(i);
            List<Job> out = new ArrayList<>();
            List<Job> expected = new ArrayList<>();
            if (step.kind() < 6) {
                Job job = new Job(i, passedNs + step.n());
                timeline.add(job, startNs + job.dueAfterNs());
                model.add(job);
            } else if (step.kind() < 9) {
                passedNs += step.n();
                long untilNs = passedNs;
                timeline.takeDue(startNs + untilNs, out::add);
                model.stream().filter(job -> job.dueAfterNs() <= untilNs).forEach(expected::add);
            } else {
                timeline.removeIf(job -> job.number() % KINDS == step.n() % KINDS, out::add);
                model.stream()
                        .filter(job -> job.number() % KINDS == step.n() % KINDS)
                        .forEach(expected::add);
            }
            expected.sort(Comparator.comparingLong(Job::dueAfterNs)); // stable
            assertThat(out).isEqualTo(expected);
            model.removeAll(expected);
            assertThat(timeline.size()).isEqualTo(model.size());
            long next = model.stream()
                    .mapToLong(job -> startNs + job.dueAfterNs())
                    .reduce((one, other) -> one - other <= 0 ? one : other)
                    .orElse(Alarm.NEVER);
            assertThat(timeline.nextDueNs()).isEqualTo(next);
        }
    }

    @Example
    void nothingIsDueWhereNothingWaits() {
        Timeline<String> timeline = new Timeline<>();
        assertThat(timeline.nextDueNs()).isEqualTo(Long.MAX_VALUE);
        timeline.takeDue(Long.MAX_VALUE, what -> {
            throw new AssertionError(what);
        });
        assertThat(timeline.size()).isZero();
    }

    @Example
    void aTakerMayParkWhatItTook() {
        Timeline<String> timeline = new Timeline<>();
        timeline.add("a", 1);
        timeline.add("b", 2);
        List<String> taken = new ArrayList<>();
        timeline.takeDue(2, what -> {
            taken.add(what);
            timeline.add(what, 3);
        });
        assertThat(taken).containsExactly("a", "b");
        assertThat(timeline.size()).isEqualTo(2);
    }
}
