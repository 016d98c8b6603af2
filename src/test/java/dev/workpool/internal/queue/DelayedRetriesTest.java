package dev.workpool.internal.queue;

import static dev.workpool.internal.slice.Slices.jobs;
import static dev.workpool.internal.slice.Slices.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DelayedRetriesTest {
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p");
    private static final Steps PLENTY = new Steps(Integer.MAX_VALUE);

    private final DelayedRetries<String> retries = new DelayedRetries<>(SETTINGS, 0);
    private final List<String> taken = new ArrayList<>();

    private void park(int batch, int job, long delayNs) {
        assertThat(retries.park(slice(batch, job, 1), 0, delayNs)).isTrue();
    }

    private void take(Slice<String> slice) {
        taken.addAll(jobs(slice));
    }

    @Test
    void nothingIsDueBeforeItsTime() {
        assertThat(retries.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        assertThat(retries.park(slice(1, 7, 1), 100, 20)).isTrue();
        assertThat(retries.size()).isEqualTo(1);
        assertThat(retries.nextDueNs()).isEqualTo(120);
        assertThat(retries.takeDue(119, PLENTY, this::take)).isTrue();
        assertThat(taken).isEmpty();
        assertThat(retries.takeDue(120, PLENTY, this::take)).isTrue();
        assertThat(taken).containsExactly("1:7");
        assertThat(retries.size()).isZero();
    }

    @Test
    void whatIsDueComesInTheOrderOfItsTimeAndInParts() {
        park(1, 0, 30);
        park(2, 0, 10);
        park(1, 1, 20);
        park(1, 2, 40);
        assertThat(retries.takeDue(30, new Steps(5), this::take))
                .as("two of three")
                .isFalse();
        assertThat(taken).containsExactly("2:0", "1:1");
        assertThat(retries.takeDue(30, new Steps(1), this::take)).isTrue();
        assertThat(taken).containsExactly("2:0", "1:1", "1:0");
        assertThat(retries.size()).isEqualTo(1);
    }

    @Test
    void aJobThatWasTakenIsHereNoMoreAndMayComeAgain() {
        park(1, 0, 10);
        park(1, 1, 20);
        retries.takeDue(10, PLENTY, this::take);
        assertThat(retries.removeJob(1, 0)).isNull();
        park(1, 0, 30);
        assertThat(jobs(retries.removeJob(1, 0))).containsExactly("1:0");
        assertThat(jobs(retries.removeJob(1, 1))).containsExactly("1:1");
    }

    @Test
    void aJobThatWasRemovedIsNeverDue() {
        park(1, 0, 10);
        park(1, 1, 10);
        park(2, 1, 10);
        assertThat(jobs(retries.removeJob(1, 1))).containsExactly("1:1");
        assertThat(retries.removeJob(1, 1)).isNull();
        assertThat(retries.removeJob(1, 2)).isNull();
        assertThat(retries.removeJob(3, 1)).isNull();
        retries.takeDue(10, PLENTY, this::take);
        assertThat(taken).containsExactly("1:0", "2:1");
    }

    @Test
    void aBatchIsRemovedInPartsAndInTheOrderInWhichItsJobsFailed() {
        park(1, 5, 30);
        park(2, 0, 20);
        park(1, 3, 10);
        park(1, 4, 40);
        assertThat(retries.removeBatch(1, new Steps(5), this::take)).isFalse();
        assertThat(taken).containsExactly("1:5", "1:3");
        assertThat(retries.removeBatch(1, new Steps(1), this::take)).isTrue();
        assertThat(taken).containsExactly("1:5", "1:3", "1:4");
        assertThat(retries.removeBatch(1, new Steps(0), this::take))
                .as("none is left")
                .isTrue();
        assertThat(retries.size()).isEqualTo(1);
        assertThat(jobs(retries.removeJob(2, 0))).containsExactly("2:0");
    }

    @Test
    void allIsRemovedInTheOrderOfItsTime() {
        park(1, 0, 30);
        park(2, 0, 10);
        park(1, 1, 20);
        retries.removeAll(this::take);
        assertThat(taken).containsExactly("2:0", "1:1", "1:0");
        assertThat(retries.size()).isZero();
        assertThat(retries.removeJob(1, 0)).isNull();
    }

    @Test
    void onlyWhatTheBudgetPaysForIsParked() {
        DelayedRetries<String> poor = new DelayedRetries<>(SETTINGS.withRetryBudget(0.5, 0), 0);
        assertThat(poor.park(slice(1, 0, 1), 0, 10)).isFalse();
        assertThat(poor.size()).isZero();
        poor.ended(2, 0);
        assertThat(poor.park(slice(1, 0, 1), 0, 10)).isTrue();
        assertThat(poor.park(slice(1, 1, 1), 0, 10)).isFalse();
        assertThat(poor.removeJob(1, 1)).isNull();
        assertThat(poor.size()).isEqualTo(1);
    }

    private record Parked(String job, long dueNs) {}

    /** Against a list in the order of parking. */
    @Property(tries = 200)
    void losesAndDoublesNothing(@ForAll long seed) {
        Random random = new Random(seed);
        DelayedRetries<String> retries = new DelayedRetries<>(SETTINGS, 0);
        List<Parked> model = new ArrayList<>();
        long nowNs = 0;
        for (int i = 0; i < 100; i++) {
            int batch = random.nextInt(3);
            int job = random.nextInt(5);
            String name = batch + ":" + job;
            List<String> expected = new ArrayList<>();
            taken.clear();
            switch (random.nextInt(6)) {
                case 0 -> {
                    nowNs += random.nextInt(20);
                    long now = nowNs;
                    model.stream()
                            .filter(parked -> parked.dueNs() <= now)
                            .sorted(Comparator.comparingLong(Parked::dueNs))
                            .forEach(parked -> expected.add(parked.job()));
                    assertThat(retries.takeDue(nowNs, PLENTY, this::take)).isTrue();
                }
                case 1 -> {
                    model.stream().map(Parked::job).filter(name::equals).forEach(expected::add);
                    Slice<String> removed = retries.removeJob(batch, job);
                    taken.addAll(removed == null ? List.of() : jobs(removed));
                }
                case 2 -> {
                    model.stream()
                            .map(Parked::job)
                            .filter(parked -> parked.startsWith(batch + ":"))
                            .forEach(expected::add);
                    assertThat(retries.removeBatch(batch, PLENTY, this::take)).isTrue();
                }
                default -> {
                    if (model.stream().noneMatch(parked -> parked.job().equals(name))) {
                        long delayNs = random.nextInt(50);
                        assertThat(retries.park(slice(batch, job, 1), nowNs, delayNs))
                                .isTrue();
                        model.add(new Parked(name, nowNs + delayNs));
                    }
                }
            }
            assertThat(taken).isEqualTo(expected);
            model.removeIf(parked -> expected.contains(parked.job()));
            assertThat(retries.size()).isEqualTo(model.size());
            assertThat(retries.nextDueNs())
                    .isEqualTo(model.stream().mapToLong(Parked::dueNs).min().orElse(TimerQueue.NEVER));
        }
    }
}
