package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Cancellable;
import dev.workpool.internal.util.TimerQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlineTimerTest {
    private static final long MS = 1_000_000;

    private long nowNs = -7 * MS;

    /** How much time passes while the timer is started for the first time. */
    private long passesMeanwhileNs;

    private final List<Started> started = new ArrayList<>();

    private final DeadlineTimer deadlineTimer = new DeadlineTimer(
            delay -> {
                started.add(new Started(delay));
                nowNs += passesMeanwhileNs;
                passesMeanwhileNs = 0;
                return started.get(started.size() - 1);
            },
            () -> nowNs);

    /** A timer that was started. */
    private static final class Started implements Cancellable {
        private final Duration delay;
        private boolean cancelled;

        Started(Duration delay) {
            this.delay = delay;
        }

        @Override
        public boolean cancel() {
            cancelled = true;
            return true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    private List<Duration> delays() {
        return started.stream().map(timer -> timer.delay).toList();
    }

    @Test
    void onlyWhatIsEarlierSetsTheTimerAgain() {
        deadlineTimer.atLatest(TimerQueue.NEVER);
        assertThat(delays()).isEmpty();
        deadlineTimer.atLatest(nowNs + 50 * MS);
        deadlineTimer.atLatest(nowNs + 50 * MS);
        deadlineTimer.atLatest(nowNs + 60 * MS);
        deadlineTimer.atLatest(nowNs + 20 * MS);
        assertThat(delays()).containsExactly(Duration.ofMillis(50), Duration.ofMillis(20));
        deadlineTimer.fired();
        deadlineTimer.atLatest(nowNs + 60 * MS);
        assertThat(delays()).last().isEqualTo(Duration.ofMillis(60));
    }

    @Test
    void aDelayIsRoundedUpToWhatASchedulerCanCount() {
        deadlineTimer.atLatest(nowNs + 3 * MS + 1);
        assertThat(delays()).containsExactly(Duration.ofMillis(4));
    }

    @Test
    void whatIsOverdueIsDueNow() {
        deadlineTimer.atLatest(nowNs - 50 * MS);
        assertThat(delays()).containsExactly(Duration.ZERO);
    }

    @Test
    void afterTheLongestDelayTheActorLooksAgain() {
        deadlineTimer.atLatest(nowNs + Duration.ofDays(300).toNanos());
        assertThat(delays()).containsExactly(Duration.ofHours(1));
    }

    @Test
    void thereIsOneTimerAtATime() {
        deadlineTimer.atLatest(nowNs + 50 * MS);
        deadlineTimer.atLatest(nowNs + 20 * MS);
        deadlineTimer.fired();
        deadlineTimer.atLatest(nowNs + 30 * MS);
        assertThat(started).extracting(Started::isCancelled).containsExactly(true, true, false);
        deadlineTimer.cancel();
        assertThat(started).allMatch(Started::isCancelled);
        deadlineTimer.atLatest(nowNs + 90 * MS);
        assertThat(delays()).last().isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void timeThatPassesWhileItIsStartedDoesNotMakeItLate() {
        passesMeanwhileNs = 30 * MS;
        deadlineTimer.atLatest(nowNs + 50 * MS);
        assertThat(delays()).containsExactly(Duration.ofMillis(50), Duration.ofMillis(20));
        assertThat(started).extracting(Started::isCancelled).containsExactly(true, false);
    }

    @Test
    void ifItIsDueByThenItFiresAtOnce() {
        passesMeanwhileNs = 80 * MS;
        deadlineTimer.atLatest(nowNs + 50 * MS);
        assertThat(delays()).containsExactly(Duration.ofMillis(50), Duration.ZERO);
    }
}
