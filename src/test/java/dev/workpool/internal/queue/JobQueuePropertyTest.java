package dev.workpool.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What holds of a queue whatever comes when. */
class JobQueuePropertyTest {
    private static final int ENDLESS = Integer.MAX_VALUE;

    /** Passes are rounded down by a millionth of a job each turn. */
    private static final double ROUNDING = 0.01;

    /** Turns that a queue gave, and what each batch was handed in all. */
    private static final class Course {
        final List<Numbers> sources = new ArrayList<>();
        final Map<String, Long> given = new HashMap<>();
        final JobQueue<Taken> queue;
        long nowNs;

        Course(long ageingNs) {
            this.queue = new JobQueue<>(ageingNs);
        }

        void add(int jobs, int priority, int weight) {
            Numbers source = new Numbers("" + sources.size(), jobs)
                    .withPriority(priority)
                    .withWeight(weight);
            sources.add(source);
            queue.add(source, nowNs);
        }

        Numbers turn(long wanted) {
            return turn(wanted, 1);
        }

        Numbers turn(long wanted, int least) {
            Taken taken = queue.next(wanted, least, nowNs);
            if (taken == null) {
                return null;
            }
            assertThat((long) taken.first())
                    .as("in order, none twice, none lost")
                    .isEqualTo(given(taken.source()));
            assertThat((long) taken.count()).isBetween(1L, wanted);
            given.merge(taken.source(), (long) taken.count(), Long::sum);
            return sources.get(Integer.parseInt(taken.source()));
        }

        long given(String source) {
            return given.getOrDefault(source, 0L);
        }

        /** What a batch was handed by weight, since it had so many. */
        double progress(Numbers source, Map<String, Long> before) {
            return (given(source.name) - before.getOrDefault(source.name, 0L)) / (double) source.weight();
        }

        /** How far batches differ in it. */
        double spread(Map<String, Long> before) {
            double least = sources.stream()
                    .mapToDouble(each -> progress(each, before))
                    .min()
                    .orElseThrow();
            double most = sources.stream()
                    .mapToDouble(each -> progress(each, before))
                    .max()
                    .orElseThrow();
            return most - least;
        }
    }

    /** No turn is larger, by weight. */
    private static double largestTurn(List<Integer> weights, long wanted) {
        return largestTurn(weights, wanted, 1);
    }

    private static double largestTurn(List<Integer> weights, long wanted, int turn) {
        double least = weights.stream().mapToInt(weight -> weight).min().orElseThrow();
        double all = weights.stream().mapToInt(weight -> weight).sum();
        return Math.max(turn / least, wanted / all) + ROUNDING;
    }

    @Property
    void batchesOfAPriorityAreHandedJobsByTheirWeights(
            @ForAll @Size(min = 2, max = 8) List<@IntRange(min = 1, max = 1000) Integer> weights,
            @ForAll @IntRange(min = 1, max = 10_000) int wanted,
            @ForAll @IntRange(min = 1, max = 1_000) int least,
            @ForAll @IntRange(min = 1, max = 2_000) int turns) {
        Course course = new Course(0);
        weights.forEach(weight -> course.add(ENDLESS, 0, weight));
        for (int i = 0; i < turns; i++) {
            assertThat(course.turn(wanted, least)).isNotNull();
            assertThat(course.spread(Map.of())).isLessThanOrEqualTo(largestTurn(weights, wanted, least));
        }
    }

    @Property
    void aBatchThatComesLaterIsNeitherAheadNorBehind(
            @ForAll @Size(min = 2, max = 8) List<@IntRange(min = 1, max = 1000) Integer> weights,
            @ForAll @IntRange(min = 1, max = 1_000) int wanted,
            @ForAll @IntRange(min = 0, max = 500) int turnsBefore) {
        Course course = new Course(0);
        List<Integer> first = weights.subList(0, weights.size() - 1);
        first.forEach(weight -> course.add(ENDLESS, 0, weight));
        for (int i = 0; i < turnsBefore; i++) {
            assertThat(course.turn(wanted)).isNotNull();
        }
        course.add(ENDLESS, 0, weights.get(weights.size() - 1));
        Map<String, Long> before = Map.copyOf(course.given);
        double most = largestTurn(weights, wanted) + largestTurn(first, wanted);
        for (int i = 0; i < 500; i++) {
            assertThat(course.turn(wanted)).isNotNull();
            assertThat(course.spread(before)).isLessThanOrEqualTo(most);
        }
    }

    @Property
    void noPriorityStarves(
            @ForAll @Size(min = 1, max = 8) Set<@IntRange(min = -10, max = 10) Integer> priorities,
            @ForAll @LongRange(min = 1, max = 1_000_000) long ageingNs,
            @ForAll @IntRange(min = 0, max = 3_000) int mostStepPerMille,
            @ForAll Random random) {
        Course course = new Course(ageingNs);
        priorities.forEach(priority -> course.add(ENDLESS, priority, 1));
        int highest = priorities.stream().mapToInt(priority -> priority).max().orElseThrow();
        long mostStepNs = ageingNs * mostStepPerMille / 1_000;
        Map<Integer, Long> servedNs = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            course.nowNs += (long) (random.nextDouble() * mostStepNs);
            servedNs.put(course.turn(1).priority(), course.nowNs);
            for (int priority : priorities) {
                long waitedNs = course.nowNs - servedNs.getOrDefault(priority, 0L);
                assertThat(waitedNs)
                        .as("wait of priority %s", priority)
                        .isLessThanOrEqualTo((highest - priority) * ageingNs + priorities.size() * mostStepNs);
            }
        }
    }

    /** The weights of all that have jobs add up to 80 at most, so that 80 turns would do if nobody came or left. */
    @Property
    void noBatchOfAPriorityStarvesThoughOthersComeAndGo(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 5) Integer> weights, @ForAll Random random) {
        Course course = new Course(0);
        weights.forEach(weight -> course.add(ENDLESS, 0, weight));
        int[] lastTurns = new int[weights.size()];
        int guests = 0;
        for (int turn = 0; turn < 3_000; turn++) {
            while (guests < 10 && random.nextInt(4) > 0) {
                course.add(1 + random.nextInt(3), 0, 1 + random.nextInt(5));
                guests++;
            }
            Numbers source = course.turn(1);
            guests -= source.queued() == 0 ? 1 : 0;
            int index = Integer.parseInt(source.name);
            if (index < lastTurns.length) {
                lastTurns[index] = turn;
            }
            for (int lastTurn : lastTurns) {
                assertThat(turn - lastTurn).as("turns that a batch waits").isLessThan(1_000);
            }
        }
    }

    @Property
    void theHighestPriorityIsFirstWhenAgeingIsOff(@ForAll Random random) {
        Course course = new Course(0);
        for (int i = 0; i < 300; i++) {
            course.nowNs += random.nextInt(1_000_000);
            if (random.nextInt(3) == 0) {
                course.add(1 + random.nextInt(20), random.nextInt(21) - 10, 1 + random.nextInt(1000));
            }
            int highest = course.sources.stream()
                    .filter(source -> source.queued() > 0)
                    .mapToInt(Numbers::priority)
                    .max()
                    .orElse(Integer.MIN_VALUE);
            Numbers source = course.turn(1 + random.nextInt(10));
            assertThat(source == null ? Integer.MIN_VALUE : source.priority()).isEqualTo(highest);
        }
    }

    @Property
    void everyJobOfABatchThatStaysIsHandedOutOnceAndInOrder(
            @ForAll @IntRange(min = 0, max = 1_000) int ageingNs, @ForAll Random random) {
        Course course = new Course(ageingNs);
        Set<Numbers> removed = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            course.nowNs += random.nextInt(1_000);
            int event = random.nextInt(10);
            if (event < 3) {
                course.add(1 + random.nextInt(30), random.nextInt(21) - 10, 1 + random.nextInt(1000));
            } else if (event == 3 && !course.sources.isEmpty()) {
                Numbers one = course.sources.get(random.nextInt(course.sources.size()));
                if (one.queued() > 0) {
                    course.queue.remove(one);
                    removed.add(one);
                }
            } else {
                assertThat(removed).doesNotContain(course.turn(1 + random.nextInt(20)));
            }
        }
        for (Numbers source = course.turn(7); source != null; source = course.turn(7)) {
            assertThat(removed).doesNotContain(source);
        }
        assertThat(course.sources).filteredOn(source -> source.queued() > 0).allMatch(removed::contains);
    }
}
