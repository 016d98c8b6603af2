package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AdaptiveThrottleTest {
    private static final long MS = Downstream.MS;
    private static final long SECOND = 1_000 * MS;

    /** More than it takes to find the number for any capacity, and some probes besides. */
    private static final long LONG = 60 * SECOND;

    private long nowNs = 1;

    private AdaptiveThrottle throttle(int least, int most, int first) {
        return new AdaptiveThrottle(least, most, first, () -> nowNs);
    }

    /** As many chunks of one job as it takes for a window and the round before it. */
    private void window(Throttle throttle, long timeNs, boolean allBusy) {
        for (int i = 2 * Math.max(10, throttle.workers()); i > 0; i--) {
            nowNs += 100 * MS;
            throttle.ended(1, timeNs, true, allBusy);
        }
    }

    @Example
    void theFirstNumberIsWithinTheBounds() {
        assertThat(throttle(2, 8, 4).workers()).isEqualTo(4);
        assertThat(throttle(2, 8, 1).workers()).isEqualTo(2);
        assertThat(throttle(2, 8, 9).workers()).isEqualTo(8);
        assertThat(throttle(3, 3, 9).workers()).isEqualTo(3);
    }

    /** A server of 24 that becomes one of 6, and then one of 24 again. */
    @Property(tries = 30)
    void theNumberFollowsACapacityThatFallsAndComesBack(@ForAll @DoubleRange(min = 0, max = 0.9) double spread) {
        Downstream server = new Downstream(24, 2, 64, 2);
        server.spread = spread;
        server.pass(LONG);
        assertThat(server.workers()).isBetween(12, 48);
        assertThat(server.pass(LONG)).isGreaterThan(60 * 24 * 50 * 94 / 100);

        server.capacity = 6;
        server.pass(LONG);
        assertThat(server.workers()).isBetween(3, 16);
        assertThat(server.pass(LONG)).isGreaterThan(60 * 6 * 50 * 90 / 100);
        assertThat(server.most()).as("no more than ten wait").isLessThanOrEqualTo(16);

        server.capacity = 24;
        server.pass(LONG);
        assertThat(server.workers()).isBetween(12, 48);
        assertThat(server.pass(LONG)).isGreaterThan(60 * 24 * 50 * 94 / 100);
        assertThat(server.most()).isLessThanOrEqualTo(48);
    }

    @Property(tries = 100)
    void theNumberStaysWithinItsBoundsWhateverTheServerDoes(
            @ForAll @IntRange(min = 1, max = 20) int least,
            @ForAll @IntRange(min = 0, max = 40) int more,
            @ForAll @IntRange(min = 1, max = 100) int first,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 100) Integer> capacities) {
        Downstream server = new Downstream(1, least, least + more, first);
        server.spread = 0.9;
        for (int capacity : capacities) {
            server.capacity = capacity;
            server.pass(5 * SECOND);
            assertThat(server.fewest()).isGreaterThanOrEqualTo(least);
            assertThat(server.most()).isLessThanOrEqualTo(least + more);
        }
    }

    /** Ends of chunks of any kind, overloads and new bounds in any order. */
    @Property(tries = 500)
    void theNumberStaysWithinItsBoundsWhateverIsReported(
            @ForAll @IntRange(min = 1, max = 10) int least,
            @ForAll @IntRange(min = 0, max = 30) int more,
            @ForAll @Size(max = 2_000) List<@IntRange(min = 0, max = 99_999) Integer> events) {
        AdaptiveThrottle throttle = throttle(least, least + more, least);
        int most = least + more;
        for (int event : events) {
            int n = event / 100;
            nowNs += n * MS / 10;
            if (event % 100 == 0) {
                most = 1 + n % 50;
                throttle.bound(most);
            } else if (event % 100 < 5) {
                int before = throttle.workers();
                throttle.overloaded();
                assertThat(throttle.workers()).isLessThanOrEqualTo(before);
            } else {
                throttle.ended(1 + n % 7, (long) n * n * n, event % 3 > 0, event % 5 > 0);
            }
            assertThat(throttle.workers()).isBetween(Math.min(least, most), most);
        }
    }

    @Example
    void jobsThatBecomeDearerInThemselvesGetTheirWorkersBack() {
        Downstream server = new Downstream(1_000, 2, 64, 2);
        server.pass(LONG);
        assertThat(server.workers()).isEqualTo(64);
        server.serviceNs = 80 * MS;
        server.pass(LONG);
        assertThat(server.workers()).isEqualTo(64);
        assertThat(server.fewest()).as("it looked like a queue at first").isLessThan(32);
    }

    @Example
    void aPoolWithLittleToDoKeepsItsNumber() {
        Downstream server = new Downstream(1_000, 2, 64, 8);
        server.load = 7;
        server.pass(LONG);
        assertThat(server.workers()).isEqualTo(8);
        server.serviceNs = 80 * MS;
        server.pass(LONG);
        assertThat(server.workers()).isEqualTo(8);
        server.load = Integer.MAX_VALUE;
        server.pass(LONG);
        assertThat(server.workers()).isEqualTo(64);
    }

    @Example
    void thereAreFewerWorkersAtTheFirstSignOfAnOverloadAndNotForEach() {
        AdaptiveThrottle throttle = throttle(2, 64, 40);
        throttle.overloaded();
        assertThat(throttle.workers()).isEqualTo(36);
        for (int i = 0; i < 40; i++) {
            throttle.overloaded(); // as each of those that run may say
        }
        assertThat(throttle.workers()).isEqualTo(36);
        for (int i = 0; i < 40; i++) {
            throttle.ended(1, 20 * MS, false, true);
        }
        throttle.overloaded();
        assertThat(throttle.workers()).isEqualTo(32);
        for (int i = 0; i < 5_000; i++) {
            throttle.overloaded();
        }
        assertThat(throttle.workers()).isEqualTo(2);
        throttle.overloaded();
        assertThat(throttle.workers()).isEqualTo(2);
    }

    @Example
    void anOverloadIsGotOver() {
        Downstream server = new Downstream(24, 2, 64, 2);
        server.pass(LONG);
        for (int i = 0; i < 5_000; i++) {
            server.throttle().overloaded();
        }
        assertThat(server.workers()).isEqualTo(2);
        server.pass(LONG);
        assertThat(server.workers()).isBetween(24, 48);
    }

    @Example
    void chunksThatAreNotRegularSayNothingOfTime() {
        AdaptiveThrottle throttle = throttle(2, 64, 10);
        for (int i = 0; i < 1_000; i++) {
            nowNs += 100 * MS;
            throttle.ended(1, 1, false, true);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(throttle.workers()).isEqualTo(10);
            throttle.ended(1, 20 * MS, true, true);
        }
        assertThat(throttle.workers()).as("now it is known what they take").isEqualTo(10);
        window(throttle, 30 * MS, true);
        assertThat(throttle.workers()).as("a third of them waits").isEqualTo(10);
    }

    @Example
    void aWindowTakesATenthOfASecondHoweverCheapTheJobs() {
        AdaptiveThrottle throttle = throttle(2, 64, 10);
        for (int i = 0; i < 100_000; i++) {
            nowNs += 500;
            throttle.ended(1_000, 1_000, true, true);
        }
        assertThat(throttle.workers()).isEqualTo(10);
        window(throttle, 1, true);
        window(throttle, 1, true);
        assertThat(throttle.workers()).isGreaterThan(10);
    }

    @Example
    void newBoundsKeepWhatWasLearnt() {
        AdaptiveThrottle throttle = throttle(4, 64, 20);
        window(throttle, 20 * MS, true);
        throttle.bound(10);
        assertThat(throttle.workers()).isEqualTo(10);
        throttle.bound(2);
        assertThat(throttle.workers()).as("below the fewest, since it is said").isEqualTo(2);
        throttle.bound(64);
        assertThat(throttle.workers()).isEqualTo(4);
        throttle.bound(128);
        for (int i = 0; i < 10; i++) {
            window(throttle, 20 * MS, true);
        }
        assertThat(throttle.workers()).isGreaterThan(64);
        for (int i = 0; i < 12; i++) {
            window(throttle, 2_000 * MS, true);
        }
        assertThat(throttle.workers()).as("what was quick is known").isLessThan(64);
    }

    @Example
    void aFixedNumberIsNotImpressed() {
        FixedThrottle throttle = new FixedThrottle(5);
        throttle.overloaded();
        window(throttle, 1, true);
        window(throttle, SECOND, true);
        assertThat(throttle.workers()).isEqualTo(5);
        throttle.bound(9);
        assertThat(throttle.workers()).isEqualTo(9);
    }
}
