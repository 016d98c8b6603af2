package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ChunkSizerTest {
    private static final long BUDGET_NS = 5_000_000;
    private static final int MOST_JOBS = 32_768;

    /** More rounds than a change of a job's cost may take to be learnt. */
    private static final int FEW_ROUNDS = 100;

    private record Measurement(int jobs, long elapsedNs) {}

    @Provide
    Arbitrary<List<Measurement>> histories() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, MOST_JOBS),
                        Arbitraries.longs().between(0, 60_000_000_000L))
                .as(Measurement::new)
                .list()
                .ofMaxSize(30);
    }

    private static ChunkSizer after(List<Measurement> history) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        history.forEach(measurement -> sizer.record(measurement.jobs(), measurement.elapsedNs()));
        return sizer;
    }

    @Property
    void everySizeIsAllowed(
            @ForAll("histories") List<Measurement> history,
            @ForAll @LongRange(min = 1, max = 1L << 40) long left,
            @ForAll @IntRange(min = 1, max = 100_000) int places) {
        ChunkSizer sizer = after(history);
        assertThat(sizer.target()).isBetween(1, MOST_JOBS);
        assertThat(sizer.depth()).isBetween(1, 2);
        assertThat(sizer.next(left, places)).isBetween(1, sizer.target());
        assertThat((long) sizer.next(left, places)).isLessThanOrEqualTo(left);
        long worth = sizer.costNs() == 0 ? 1 : (long) (ChunkSizer.WORTH_A_MESSAGE_NS / sizer.costNs()) + 1;
        assertThat((long) sizer.next(left, places)).isLessThanOrEqualTo(Math.max(worth, left / places + 1));
        assertThat(sizer.turn()).isBetween(1, sizer.target());
    }

    @Example
    void onlyFewCheapJobsWhoseCostIsKnownAreSoonOver() {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        assertThat(sizer.isSoonOver(1)).as("who knows").isFalse();
        sizer.record(1_000, 10_000);
        assertThat(sizer.isSoonOver(1_000)).isTrue();
        assertThat(sizer.isSoonOver(10_000)).isFalse();
        sizer.record(1, 1_000_000);
        assertThat(sizer.isSoonOver(1_000)).as("they have become dearer").isFalse();
    }

    @Property
    void theMostJobsAllowedAreNeverExceeded(
            @ForAll @IntRange(min = 1, max = 1_000_000) int most,
            @ForAll @LongRange(min = 0, max = 100) long elapsedNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, most);
        sizer.record(1_000_000, elapsedNs);
        assertThat(sizer.target()).isEqualTo(most);
        assertThat(sizer.next(Long.MAX_VALUE, 1)).isEqualTo(most);
    }

    @Property
    void theCostLiesBetweenTheLeastAndTheMostThatWasMeasured(@ForAll("histories") List<Measurement> history) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (Measurement measurement : history) {
            double cost = Math.max(1, measurement.elapsedNs()) / (double) measurement.jobs();
            // A measurement counts as four budgets at most.
            least = Math.min(least, Math.min(cost, 4 * BUDGET_NS / (double) measurement.jobs()));
            most = Math.max(most, cost);
        }
        double cost = after(history).costNs();
        if (history.isEmpty()) {
            assertThat(cost).isZero();
        } else {
            assertThat(cost).isBetween(least * 0.999, most * 1.001);
        }
    }

    @Example
    void jobsOfUnknownCostGoOneByOneAndOneAtATime() {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        assertThat(sizer.costNs()).isZero();
        assertThat(sizer.target()).isEqualTo(1);
        assertThat(sizer.depth()).isEqualTo(1);
        assertThat(sizer.next(1_000_000, 1)).isEqualTo(1);
    }

    @Property
    void thousandCheapJobsOutweighAColdFirst(
            @ForAll @LongRange(min = 0, max = 10_000_000_000L) long coldNs,
            @ForAll @LongRange(min = 0, max = 1_000) long cheapNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        sizer.record(1, coldNs);
        sizer.record(1_000, 1_000 * cheapNs);
        assertThat(sizer.depth()).isEqualTo(2);
        assertThat(sizer.target()).isGreaterThan(200);
    }

    @Property
    void oneDearJobOutweighsAllCheapOnes(
            @ForAll @LongRange(min = 0, max = BUDGET_NS) long cheapNs,
            @ForAll @IntRange(min = 1, max = 200) int chunks,
            @ForAll @LongRange(min = 40 * BUDGET_NS, max = 10_000 * BUDGET_NS) long dearNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        for (int i = 0; i < chunks; i++) {
            int jobs = sizer.target();
            sizer.record(jobs, jobs * cheapNs);
        }
        sizer.record(1, dearNs);
        assertThat(sizer.depth()).isEqualTo(1);
        assertThat(sizer.target()).isEqualTo(1);
    }

    @Property
    void oneChunkIsOutWhereAJobIsOverdueByItselfAndTwoElsewhere(
            @ForAll @LongRange(min = 1, max = 4 * BUDGET_NS) long costNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        sizer.record(1, costNs);
        assertThat(sizer.depth()).isEqualTo(costNs > ChunkSizer.OVERDUE_BUDGETS * BUDGET_NS ? 1 : 2);
    }

    @Property
    void whereThereAreNoChunksNoJobWaitsBehindAnother(@ForAll @LongRange(min = 1, max = 4 * BUDGET_NS) long costNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, 1);
        sizer.record(1, costNs);
        assertThat(sizer.depth()).isEqualTo(1);
        assertThat(sizer.target()).isEqualTo(1);
    }

    /** From any cost that was learnt to any other: the chunks that the sizer itself asks for teach it the new cost. */
    @Property
    void aNewConstantCostIsLearntInFewRounds(
            @ForAll @Size(max = 4) List<@From("costs") Long> costsBefore, @ForAll("costs") long costNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        costsBefore.forEach(before -> runChunks(sizer, before, 3));
        runChunks(sizer, costNs, FEW_ROUNDS);
        double ideal = Math.max(1, Math.min(MOST_JOBS, BUDGET_NS / (double) Math.max(1, costNs)));
        assertThat((double) sizer.target()).isBetween(Math.floor(ideal * 0.8), Math.ceil(ideal * 1.25));
        if (costNs < BUDGET_NS / 2) {
            assertThat(sizer.depth()).isEqualTo(2);
        } else if (costNs > 2 * BUDGET_NS) {
            assertThat(sizer.depth()).isEqualTo(1);
        }
    }

    /** Whatever a chunk took, which may be one job of an hour among a thousand of nothing. */
    @Property
    void aChunkThatTookLongIsForgottenInFewRounds(
            @ForAll @IntRange(min = 1, max = MOST_JOBS) int jobs,
            @ForAll @LongRange(min = 0, max = 3_600_000_000_000L) long elapsedNs,
            @ForAll @LongRange(min = 0, max = 1_000) long cheapNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        sizer.record(jobs, elapsedNs);
        runChunks(sizer, cheapNs, FEW_ROUNDS);
        assertThat(sizer.target()).isGreaterThan(4_000);
    }

    /** A chunk gives back what it has not begun after two budgets. */
    private static void runChunks(ChunkSizer sizer, long costNs, int rounds) {
        for (int i = 0; i < rounds; i++) {
            long jobs = Math.min(sizer.target(), 2 * BUDGET_NS / Math.max(1, costNs) + 1);
            sizer.record((int) jobs, jobs * costNs);
        }
    }

    /** Spread over all orders of magnitude from nothing to ten seconds. */
    @Provide
    Arbitrary<Long> costs() {
        return Arbitraries.doubles().between(0, 10).map(power -> (long) Math.pow(10, power));
    }

    @Property
    void whatDoesNotFillThePlacesIsSharedEvenlyAmongThemThoughNoneGetsLessThanAMessageIsWorth(
            @ForAll @IntRange(min = 1, max = 64) int places, @ForAll @LongRange(min = 1, max = 1_000_000) long jobs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        sizer.record(1_000, 1_000_000);
        long left = jobs;
        for (int free = places; free > 0 && left > 0; free--) {
            int next = sizer.next(left, free);
            long share = Math.max(jobs / places, ChunkSizer.WORTH_A_MESSAGE_NS / 1_000);
            if (next < left) {
                assertThat((long) next).isBetween(Math.min(share, sizer.target()), share + 1);
            }
            left -= next;
        }
        assertThat(left).isEqualTo(Math.max(0, jobs - (long) places * sizer.target()));
    }

    @Property
    void theMoreWorkersTheMoreWorkIsAChunkSoThatTheRouterKeepsUp(
            @ForAll @IntRange(min = 1, max = 10_000) int workers,
            @ForAll @LongRange(min = 1, max = 10_000_000) long costNs) {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        sizer.workers(workers);
        sizer.record(1, costNs);
        double budgetNs =
                Math.max(BUDGET_NS, Math.min(workers * (double) ChunkSizer.ROUTER_NS, ChunkSizer.LARGEST_BUDGET_NS));
        assertThat((double) sizer.target())
                .isEqualTo(Math.floor(Math.max(1, Math.min(MOST_JOBS, budgetNs / sizer.costNs()))));
        assertThat((double) sizer.overdueNs()).isEqualTo(ChunkSizer.OVERDUE_BUDGETS * budgetNs);
        sizer.workers(1);
        assertThat(sizer.overdueNs()).isEqualTo(ChunkSizer.OVERDUE_BUDGETS * BUDGET_NS);
    }

    @Example
    void aTurnIsHalfAMillisecondOfWorkAndOneJobAtLeast() {
        ChunkSizer sizer = new ChunkSizer(BUDGET_NS, MOST_JOBS);
        assertThat(sizer.turn()).isEqualTo(1);
        sizer.record(1_000, 1_000_000);
        assertThat(sizer.turn()).isEqualTo(500);
        sizer.record(1, 10 * BUDGET_NS);
        assertThat(sizer.turn()).isEqualTo(1);
    }
}
