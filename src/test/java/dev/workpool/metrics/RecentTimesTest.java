package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.TimeDistribution;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecentTimesTest {
    /** Only the count matters. */
    private record Counted(long count) implements TimeDistribution {
        @Override
        public Duration total() {
            return Duration.ZERO;
        }

        @Override
        public Duration max() {
            return Duration.ZERO;
        }

        @Override
        public Duration percentile(double phi) {
            return Duration.ZERO;
        }

        @Override
        public TimeDistribution since(TimeDistribution earlier) {
            return new Counted(count - earlier.count());
        }
    }

    private long count = 100;
    private long nowNs = -5;
    private final RecentTimes recent = new RecentTimes(() -> new Counted(count), () -> nowNs);

    private long after(int seconds, int more) {
        nowNs += TimeUnit.SECONDS.toNanos(seconds);
        count += more;
        return recent.get().count();
    }

    @Test
    void whatWasMeasuredBeforeDoesNotCount() {
        assertThat(after(0, 0)).isZero();
        assertThat(after(1, 3)).isEqualTo(3);
    }

    @Test
    void aMinuteOrTwoCount() {
        assertThat(after(30, 5)).isEqualTo(5);
        assertThat(after(31, 5)).as("after the first minute").isEqualTo(10);
        assertThat(after(58, 2)).as("two minutes").isEqualTo(12);
        assertThat(after(2, 1)).as("the first minute is forgotten").isEqualTo(3);
        assertThat(after(60, 7)).as("so is the second").isEqualTo(7);
    }

    @Test
    void ifNobodyAsksItReachesBackToTheLastQuestion() {
        assertThat(after(10, 1)).isEqualTo(1);
        assertThat(after(3600, 9)).isEqualTo(10);
        assertThat(after(3600, 9)).isEqualTo(9);
    }
}
