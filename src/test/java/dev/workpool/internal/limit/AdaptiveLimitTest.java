package dev.workpool.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AdaptiveLimitTest {
    private static final long MS = Downstream.MS;
    private static final long SECOND = 1_000 * MS;

    /** More than it takes to find the number for any capacity, and some probes besides. */
    private static final long LONG = 60 * SECOND;

    private long nowNs = 12_345 * SECOND;

    private AdaptiveLimit concurrencyLimit(int least, int most, int first) {
        return new AdaptiveLimit(least, most, first, () -> nowNs);
    }

    /** As many chunks of one job as it takes for a window and the round before it. */
    private void window(ConcurrencyLimit concurrencyLimit, long timeNs, boolean allBusy) {
        for (int i = 2 * Math.max(10, concurrencyLimit.workers()); i > 0; i--) {
            nowNs += 100 * MS;
            concurrencyLimit.ended(1, timeNs, true, allBusy);
        }
    }

    @Example
    void theFirstNumberIsWithinTheBounds() {
        assertThat(concurrencyLimit(2, 8, 4).workers()).isEqualTo(4);
        assertThat(concurrencyLimit(2, 8, 1).workers()).isEqualTo(2);
        assertThat(concurrencyLimit(2, 8, 9).workers()).isEqualTo(8);
        assertThat(concurrencyLimit(3, 3, 9).workers()).isEqualTo(3);
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
        AdaptiveLimit concurrencyLimit = concurrencyLimit(least, least + more, least);
        int most = least + more;
        for (int event : events) {
            int n = event / 100;
            nowNs += n * MS / 10;
            if (event % 100 == 0) {
                most = 1 + n % 50;
                concurrencyLimit.bound(most);
            } else if (event % 100 < 5) {
                int before = concurrencyLimit.workers();
                concurrencyLimit.overloaded();
                assertThat(concurrencyLimit.workers()).isLessThanOrEqualTo(before);
            } else {
                concurrencyLimit.ended(1 + n % 7, (long) n * n * n, event % 3 > 0, event % 5 > 0);
            }
            assertThat(concurrencyLimit.workers()).isBetween(Math.min(least, most), most);
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
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 40);
        concurrencyLimit.overloaded();
        assertThat(concurrencyLimit.workers()).isEqualTo(36);
        for (int i = 0; i < 40; i++) {
            concurrencyLimit.overloaded(); // as each of those that run may say
        }
        assertThat(concurrencyLimit.workers()).isEqualTo(36);
        for (int i = 0; i < 40; i++) {
            concurrencyLimit.ended(1, 20 * MS, false, true);
        }
        concurrencyLimit.overloaded();
        assertThat(concurrencyLimit.workers()).isEqualTo(32);
        for (int i = 0; i < 5_000; i++) {
            concurrencyLimit.overloaded();
        }
        assertThat(concurrencyLimit.workers()).isEqualTo(2);
        concurrencyLimit.overloaded();
        assertThat(concurrencyLimit.workers()).isEqualTo(2);
    }

    @Example
    void anOverloadIsGotOver() {
        Downstream server = new Downstream(24, 2, 64, 2);
        server.pass(LONG);
        for (int i = 0; i < 5_000; i++) {
            server.concurrencyLimit().overloaded();
        }
        assertThat(server.workers()).isEqualTo(2);
        server.pass(LONG);
        assertThat(server.workers()).isBetween(24, 48);
    }

    @Example
    void chunksThatAreNotRegularSayNothingOfTime() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 10);
        for (int i = 0; i < 1_000; i++) {
            nowNs += 100 * MS;
            concurrencyLimit.ended(1, 1, false, true);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(concurrencyLimit.workers()).isEqualTo(10);
            concurrencyLimit.ended(1, 20 * MS, true, true);
        }
        assertThat(concurrencyLimit.workers())
                .as("now it is known what they take")
                .isEqualTo(10);
        window(concurrencyLimit, 30 * MS, true);
        assertThat(concurrencyLimit.workers()).as("a third of them waits").isEqualTo(10);
    }

    @Example
    void aWindowTakesATenthOfASecondHoweverCheapTheJobs() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 10);
        for (int i = 0; i < 100_000; i++) {
            nowNs += 500;
            concurrencyLimit.ended(1_000, 1_000, true, true);
        }
        assertThat(concurrencyLimit.workers()).isEqualTo(10);
        window(concurrencyLimit, 1, true);
        window(concurrencyLimit, 1, true);
        assertThat(concurrencyLimit.workers()).isGreaterThan(10);
    }

    /** Ends of single jobs, in the same instant. */
    private static void end(ConcurrencyLimit concurrencyLimit, int jobs, long timeNs) {
        for (int i = 0; i < jobs; i++) {
            concurrencyLimit.ended(1, timeNs, true, true);
        }
    }

    @Example
    void aWindowIsFullWithARoundOfChunksAndATenthOfASecond() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 20);
        window(concurrencyLimit, 20 * MS, false);
        nowNs += 100 * MS - 1;
        end(concurrencyLimit, 19, 20 * MS);
        assertThat(concurrencyLimit.workers()).isEqualTo(20);
        nowNs++;
        end(concurrencyLimit, 1, 20 * MS);
        assertThat(concurrencyLimit.workers()).isGreaterThan(20);

        AdaptiveLimit early = concurrencyLimit(2, 64, 20);
        window(early, 20 * MS, false);
        nowNs += 100 * MS - 1;
        end(early, 20, 20 * MS);
        assertThat(early.workers()).as("a nanosecond too early").isEqualTo(20);
    }

    /** What had begun before would say how it was with another number of workers. */
    @Example
    void aNewNumberIsJudgedByWhatBeginsAfterIt() {
        AdaptiveLimit bounded = concurrencyLimit(1, 64, 20);
        window(bounded, 20 * MS, false);
        nowNs += 100 * MS;
        end(bounded, 19, 200 * MS);
        bounded.bound(10);
        end(bounded, 20, 200 * MS);
        nowNs += 100 * MS;
        end(bounded, 9, 200 * MS);
        assertThat(bounded.workers()).isEqualTo(10);
        end(bounded, 1, 200 * MS);
        assertThat(bounded.workers()).isLessThan(10);

        AdaptiveLimit overloaded = concurrencyLimit(1, 64, 20);
        window(overloaded, 20 * MS, false);
        nowNs += 100 * MS;
        end(overloaded, 19, 200 * MS);
        overloaded.overloaded();
        assertThat(overloaded.workers()).isEqualTo(18);
        end(overloaded, 20, 200 * MS);
        assertThat(overloaded.workers()).isEqualTo(18);
    }

    @Example
    void boundsThatChangeNothingLeaveTheWindowAlone() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 20);
        window(concurrencyLimit, 20 * MS, false);
        nowNs += 100 * MS;
        end(concurrencyLimit, 19, 20 * MS);
        concurrencyLimit.bound(128);
        end(concurrencyLimit, 1, 20 * MS);
        assertThat(concurrencyLimit.workers()).isGreaterThan(20);
    }

    @Example
    void whatCountsIsTheTimeOfAJobHoweverManyAreInAChunk() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 20);
        window(concurrencyLimit, 20 * MS, false);
        for (int i = 0; i < 200; i++) {
            nowNs += 100 * MS;
            concurrencyLimit.ended(10, 200 * MS, true, true);
        }
        assertThat(concurrencyLimit.workers()).isGreaterThan(20);
    }

    @Example
    void aNanosecondIsNotTooLittleToCompare() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 20);
        for (int i = 0; i < 20; i++) {
            nowNs += 100 * MS;
            concurrencyLimit.ended(1_000, 1_000, true, false);
        }
        for (int i = 0; i < 200; i++) {
            nowNs += 100 * MS;
            concurrencyLimit.ended(1_000, 1_900, true, true);
        }
        assertThat(concurrencyLimit.workers()).isLessThan(20);
    }

    @Example
    void aTenthMoreTimeIsNoQueueWorthMentioning() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 64, 40);
        window(concurrencyLimit, 20 * MS, false);
        window(concurrencyLimit, 22 * MS, true);
        assertThat(concurrencyLimit.workers()).isGreaterThan(40);
    }

    @Example
    void halfOfTheWorkersAreTriedAfterFiftyFullWindows() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(2, 20, 20);
        for (int i = 0; i < 50; i++) {
            assertThat(concurrencyLimit.workers()).as("%s windows", i).isEqualTo(20);
            nowNs += 100 * MS;
            end(concurrencyLimit, 20, 20 * MS);
        }
        assertThat(concurrencyLimit.workers()).isEqualTo(10);
        end(concurrencyLimit, 20, 20 * MS); // had begun before
        nowNs += 100 * MS;
        end(concurrencyLimit, 10, 20 * MS);
        assertThat(concurrencyLimit.workers()).isEqualTo(20);
    }

    @Example
    void eachOverloadTakesAwayOneWorkerAtLeast() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(1, 64, 6);
        for (int workers = 5; workers >= 1; workers--) {
            concurrencyLimit.overloaded();
            assertThat(concurrencyLimit.workers()).isEqualTo(workers);
            for (int i = 0; i < 12; i++) {
                concurrencyLimit.ended(1, 20 * MS, false, true);
            }
        }
    }

    @Example
    void newBoundsKeepWhatWasLearnt() {
        AdaptiveLimit concurrencyLimit = concurrencyLimit(4, 64, 20);
        window(concurrencyLimit, 20 * MS, true);
        concurrencyLimit.bound(10);
        assertThat(concurrencyLimit.workers()).isEqualTo(10);
        concurrencyLimit.bound(2);
        assertThat(concurrencyLimit.workers())
                .as("below the fewest, since it is said")
                .isEqualTo(2);
        concurrencyLimit.bound(64);
        assertThat(concurrencyLimit.workers()).isEqualTo(4);
        concurrencyLimit.bound(128);
        for (int i = 0; i < 10; i++) {
            window(concurrencyLimit, 20 * MS, true);
        }
        assertThat(concurrencyLimit.workers()).isGreaterThan(64);
        for (int i = 0; i < 12; i++) {
            window(concurrencyLimit, 2_000 * MS, true);
        }
        assertThat(concurrencyLimit.workers()).as("what was quick is known").isLessThan(64);
    }

    @Example
    void aFixedNumberIsNotImpressed() {
        FixedLimit concurrencyLimit = new FixedLimit(5);
        concurrencyLimit.overloaded();
        window(concurrencyLimit, 1, true);
        window(concurrencyLimit, SECOND, true);
        assertThat(concurrencyLimit.workers()).isEqualTo(5);
        concurrencyLimit.bound(9);
        assertThat(concurrencyLimit.workers()).isEqualTo(9);
    }
}
