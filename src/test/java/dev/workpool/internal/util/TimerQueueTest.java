package dev.workpool.internal.util;

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

class TimerQueueTest {
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
        TimerQueue<Job> timerQueue = new TimerQueue<>();
        Map<Job, TimerQueue.Entry<Job>> entries = new LinkedHashMap<>(); // the model: in the order in which they came
        long passedNs = 0;
        for (int i = 0; i < script.size(); i++) {
            Step step = script.get(i);
            if (step.kind() < 5) {
                Job job = new Job(i, passedNs + step.n());
                entries.put(job, timerQueue.add(job, startNs + job.dueAfterNs()));
            } else if (step.kind() < 7) {
                passedNs += step.n();
                List<Job> out = new ArrayList<>();
                while (timerQueue.isDue(startNs + passedNs)) {
                    out.add(timerQueue.removeFirst());
                }
                long untilNs = passedNs;
                List<Job> expected = entries.keySet().stream()
                        .filter(job -> job.dueAfterNs() <= untilNs)
                        .sorted(Comparator.comparingLong(Job::dueAfterNs)) // stable
                        .toList();
                assertThat(out).isEqualTo(expected);
                expected.forEach(job -> assertThat(timerQueue.remove(entries.remove(job)))
                        .as("waits no more")
                        .isFalse());
            } else if (!entries.isEmpty()) {
                Job job = List.copyOf(entries.keySet()).get(step.n() % entries.size());
                assertThat(timerQueue.remove(entries.get(job))).isTrue();
                assertThat(timerQueue.remove(entries.remove(job))).isFalse();
            }
            assertThat(timerQueue.size()).isEqualTo(entries.size());
            Job first = entries.keySet().stream()
                    .min(Comparator.comparingLong(Job::dueAfterNs))
                    .orElse(null);
            assertThat(timerQueue.first()).isEqualTo(first);
            assertThat(timerQueue.nextDueNs())
                    .isEqualTo(first == null ? TimerQueue.NEVER : startNs + first.dueAfterNs());
        }
    }

    @Example
    void nothingIsDueWhereNothingWaits() {
        TimerQueue<String> timerQueue = new TimerQueue<>();
        assertThat(timerQueue.nextDueNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(timerQueue.isDue(Long.MAX_VALUE)).isFalse();
        assertThat(timerQueue.removeFirst()).isNull();
        assertThat(timerQueue.size()).isZero();
    }
}
