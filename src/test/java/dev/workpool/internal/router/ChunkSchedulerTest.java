package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.Outcome;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which worker gets what, and what is taken from whom. */
class ChunkSchedulerTest {
    private static final long CHEAP_NS = 1_000;
    private static final long DEAR_NS = 3 * ChunkSchedulerHarness.BUDGET_NS;
    private static final Outcome<String> NEVER_RAN = new Outcome.Cancelled<>(0);
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);

    private static ChunkSchedulerHarness chunkScheduler(int workers) {
        return new ChunkSchedulerHarness(workers, settings -> settings);
    }

    /** A scheduler that knows what a job costs; batch 9 has taught it. */
    private static ChunkSchedulerHarness chunkScheduler(int workers, long costNs) {
        return taught(chunkScheduler(workers), costNs);
    }

    private static ChunkSchedulerHarness taught(ChunkSchedulerHarness chunkScheduler, long costNs) {
        for (int i = 0; i < 3; i++) {
            chunkScheduler.grant(9, 1, 0);
            int index = IntStream.range(0, chunkScheduler.chunkScheduler.slots().size())
                    .filter(worker -> !chunkScheduler.chunks(worker).isEmpty())
                    .findFirst()
                    .orElseThrow();
            chunkScheduler.finish(index, costNs);
        }
        return chunkScheduler;
    }

    private static int busy(ChunkSchedulerHarness chunkScheduler) {
        return IntStream.range(0, chunkScheduler.chunkScheduler.slots().size())
                .filter(index -> !chunkScheduler.chunks(index).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static void assertConserved(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
    }

    // Handing out

    @Test
    void startsWithOneJobAndGrows() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1);
        assertThat(chunkScheduler.chunkScheduler.wanted())
                .as("one chunk of one job")
                .isEqualTo(1);
        chunkScheduler.grant(1, 100_000, 0);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        chunkScheduler.finish(0, CHEAP_NS);
        assertThat(chunkScheduler.chunks(0)).containsExactly(5_000, 5_000);
        assertConserved(chunkScheduler);
    }

    @Test
    void wantsAsMuchAsThereIsRoomFor() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(4);
        assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(4);
        taught(chunkScheduler, CHEAP_NS);
        assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(3 + 4 * 2 * 5_000);
        chunkScheduler.grant(1, 4 * 2 * 5_000, 1_000_000);
        assertThat(chunkScheduler.chunkScheduler.wanted()).as("nothing more").isEqualTo(3 + 4 * 2 * 5_000);
    }

    @Test
    void givesOneChunkAtATimeWhereAJobIsDear() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, DEAR_NS);
        chunkScheduler.grant(1, 10, 0);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        assertThat(chunkScheduler.chunks(1)).containsExactly(1);
        assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(3 + 10);
    }

    @Test
    void givesEverybodyAFirstChunkBeforeAnybodyASecond() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(3, CHEAP_NS);
        chunkScheduler.grant(1, 3, 100_000);
        assertThat(List.of(chunkScheduler.chunks(0), chunkScheduler.chunks(1), chunkScheduler.chunks(2)))
                .containsOnly(List.of(3), List.of());
        chunkScheduler.grant(1, 15_000, 100_000);
        for (int i = 0; i < 3; i++) {
            assertThat(chunkScheduler.chunks(i)).isNotEmpty();
        }
    }

    @Test
    void sharesWhatIsLeftEvenlyAmongTheFreePlaces() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 1_000, 0);
        assertThat(chunkScheduler.chunks(0)).containsExactly(250, 250);
        assertThat(chunkScheduler.chunks(1)).containsExactly(250, 250);
        assertConserved(chunkScheduler);
    }

    // Taking from the busy

    @Test
    void anIdleWorkerGetsTheSecondChunkOfABusyOne() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 4, 1_000_000); // one chunk, since more is on its way
        int first = busy(chunkScheduler);
        chunkScheduler.begin(first);
        chunkScheduler.slot(1 - first).vacated = true; // so that the next goes to the same one
        chunkScheduler.grant(2, 400, 1_000_000);
        assertThat(chunkScheduler.chunks(first)).containsExactly(4, 400);
        Assignment<Integer, String> second = chunkScheduler.slot(first).out.getLast();
        chunkScheduler.kill(1 - first);
        assertThat(chunkScheduler.chunks(first)).as("more is on its way").containsExactly(4, 400);
        chunkScheduler.cancelBatch(7); // the dispatcher says that it has no more
        assertThat(chunkScheduler.chunks(first).get(0)).isEqualTo(4);
        assertThat(chunkScheduler.slot(first).out).doesNotContain(second);
        assertThat(chunkScheduler.chunks(1 - first)).isNotEmpty();
        assertConserved(chunkScheduler);
    }

    @Test
    void anIdleWorkerGetsHalfOfTheOnlyChunkOfABusyOne() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 1_001, 1_000_000);
        int first = busy(chunkScheduler);
        assertThat(chunkScheduler.chunks(1 - first)).isEmpty();
        chunkScheduler.begin(first);
        chunkScheduler.cancelBatch(7);
        assertThat(chunkScheduler.chunks(first).get(0)).isEqualTo(501);
        assertThat(chunkScheduler.chunks(1 - first)).isNotEmpty();
        assertConserved(chunkScheduler);
    }

    @Test
    void theJobThatIsAboutToBeginIsLeftToItsWorker() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 1_001, 1_000_000);
        int first = busy(chunkScheduler);
        chunkScheduler.cancelBatch(7);
        assertThat(chunkScheduler.chunks(first).get(0)).isEqualTo(501);
        assertThat(chunkScheduler.chunks(1 - first)).isNotEmpty();
        for (int i = 0; i < 50; i++) { // nobody begins, and the idle take what they can
            chunkScheduler.chunkScheduler.feed();
        }
        assertThat(chunkScheduler.chunks(first).get(0)).isPositive();
        assertConserved(chunkScheduler);
    }

    @Test
    void aSingleJobGoesToAndFroNowhere() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.grant(1, 1, 0);
        int first = busy(chunkScheduler);
        Assignment<Integer, String> assignment = chunkScheduler.slot(first).out.getFirst();
        for (int i = 0; i < 5; i++) {
            chunkScheduler.chunkScheduler.feed();
        }
        assertThat(chunkScheduler.slot(first).out).containsExactly(assignment);
        chunkScheduler.begin(first);
        chunkScheduler.chunkScheduler.feed();
        assertThat(chunkScheduler.slot(first).out).containsExactly(assignment);
        assertThat(chunkScheduler.chunks(1 - first)).isEmpty();
    }

    @Test
    void workThatIsNotWorthAMessageIsNotTaken() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 9, 1_000_000);
        int first = busy(chunkScheduler);
        chunkScheduler.cancelBatch(7);
        assertThat(chunkScheduler.chunks(first)).containsExactly(9);
        assertThat(chunkScheduler.chunks(1 - first)).isEmpty();
    }

    @Test
    void aJobThatWasTakenFromAChunkIsCancelledWhereItIsNow() {
        for (boolean firstInLine : List.of(true, false)) {
            ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
            chunkScheduler.slot(1).vacated = firstInLine; // its chunk is then looked at before that of the other
            chunkScheduler.grant(1, 1_001, 1_000_000);
            int first = busy(chunkScheduler);
            chunkScheduler.begin(first);
            if (firstInLine) {
                chunkScheduler.kill(1);
            }
            chunkScheduler.cancelBatch(7);
            assertThat(chunkScheduler.chunks(1 - first)).isNotEmpty();
            chunkScheduler.cancelJob(1, 501);
            assertThat(chunkScheduler.outcomes)
                    .containsEntry("1:501", NEVER_RAN)
                    .hasSize(3 + 1);
            chunkScheduler.settleDown();
            assertThat(chunkScheduler.started).doesNotContain("1:501").hasSize(3 + 1_000);
            assertConserved(chunkScheduler);
        }
    }

    @Test
    void aDroppedChunkThatIsReportedDoesNotHideWhatThereIsToTake() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 100, 1_000_000);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(busy(chunkScheduler));
        first.receive();
        chunkScheduler.cancelBatch(1);
        first.step();
        first.report();
        chunkScheduler.grant(2, 1_001, 1_000_000);
        chunkScheduler.cancelBatch(7);
        assertThat(chunkScheduler.chunks(0)).isNotEmpty();
        assertThat(chunkScheduler.chunks(1)).isNotEmpty();
    }

    // Overdue

    @Test
    void anOverdueChunkGivesItsUnstartedJobsToOthersAndHandsInTheFinished() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, CHEAP_NS);
        chunkScheduler.grant(1, 100, 1_000_000);
        int stuck = busy(chunkScheduler);
        chunkScheduler.begin(stuck);
        chunkScheduler.worker(stuck).step();
        chunkScheduler.worker(stuck).step();
        chunkScheduler.pass(2 * ChunkSchedulerHarness.BUDGET_NS);
        assertThat(chunkScheduler.chunks(stuck)).containsExactly(3);
        assertThat(chunkScheduler.outcomes).containsKeys("1:0", "1:1").doesNotContainKey("1:2");
        assertThat(chunkScheduler.chunks(1 - stuck)).isNotEmpty();
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).hasSize(103);
    }

    @Test
    void nothingIsPutBehindAnOverdueChunk() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 10, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(2 * ChunkSchedulerHarness.BUDGET_NS);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        chunkScheduler.grant(1, 10, 0);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(3 + 20 - chunkScheduler.returned.jobs());
        chunkScheduler.finish(0, 0);
        assertThat(chunkScheduler.chunks(0)).isNotEmpty();
        assertConserved(chunkScheduler);
    }

    @Test
    void theSecondChunkOfAnOverdueWorkerGoesBackWhole() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 100, 0);
        assertThat(chunkScheduler.chunks(0)).hasSize(2);
        chunkScheduler.begin(0);
        chunkScheduler.pass(2 * ChunkSchedulerHarness.BUDGET_NS);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        assertConserved(chunkScheduler);
    }

    @Test
    void timeBeginsForASecondChunkWhenTheFirstIsDone() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 100, 0);
        List<Integer> chunks = chunkScheduler.chunks(0);
        chunkScheduler.pass(ChunkSchedulerHarness.BUDGET_NS);
        chunkScheduler.finish(0, CHEAP_NS);
        chunkScheduler.begin(0);
        chunkScheduler.pass(ChunkSchedulerHarness.BUDGET_NS + 10);
        assertThat(chunkScheduler.chunks(0).get(0)).isEqualTo(chunks.get(1));
        chunkScheduler.pass(ChunkSchedulerHarness.BUDGET_NS);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
    }

    // Cancelling

    @Test
    void cancellingABatchReachesItsJobsWhereverTheyAre() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 10, 0);
        chunkScheduler.grant(2, 5, 0);
        assertThat(chunkScheduler.chunks(0)).hasSize(2); // of the ten; the rest is pending
        chunkScheduler.begin(0);
        chunkScheduler.worker(0).step();
        chunkScheduler.cancelBatch(1);
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes.values())
                .filteredOn(NEVER_RAN::equals)
                .hasSize(8);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.get("1:0")).isEqualTo(new Outcome.Succeeded<>("1:0", 1));
        assertThat(chunkScheduler.outcomes.get("1:1")).isEqualTo(STOPPED);
        assertThat(IntStream.range(0, 5).mapToObj(i -> chunkScheduler.outcomes.get("2:" + i)))
                .allMatch(Outcome::isSuccess);
        assertConserved(chunkScheduler);
    }

    @Test
    void cancellingABatchTwiceOrAfterItsEndIsHarmless() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.cancelBatch(1);
        chunkScheduler.cancelBatch(1);
        chunkScheduler.settleDown();
        chunkScheduler.cancelBatch(1);
        assertThat(chunkScheduler.outcomes).containsExactly(Map.entry("1:0", STOPPED));
    }

    @Test
    void cancellingAPendingJobTakesItOut() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1);
        chunkScheduler.grant(1, 5, 0);
        chunkScheduler.cancelJob(1, 3);
        assertThat(chunkScheduler.outcomes).containsEntry("1:3", NEVER_RAN).hasSize(1);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).doesNotContain("1:3").hasSize(4);
        assertConserved(chunkScheduler);
    }

    @Test
    void cancellingAnUnclaimedJobTakesItOutOfItsChunk() {
        for (int job : List.of(0, 1, 50, 199, 200, 201, 399)) {
            ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
            chunkScheduler.grant(1, 400, 0);
            assertThat(chunkScheduler.chunks(0)).hasSize(2);
            chunkScheduler.cancelJob(1, job);
            assertThat(chunkScheduler.outcomes.get("1:" + job)).isEqualTo(NEVER_RAN);
            chunkScheduler.settleDown();
            assertThat(chunkScheduler.started).doesNotContain("1:" + job).hasSize(3 + 399);
            assertConserved(chunkScheduler);
        }
    }

    @Test
    void cancellingARunningJobStopsItAloneAndTheRestRuns() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 40, 0);
        chunkScheduler.begin(0);
        chunkScheduler.worker(0).step();
        chunkScheduler.cancelJob(1, 1);
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes).as("it is the worker's to report").doesNotContainKey("1:1");
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.get("1:1")).isEqualTo(STOPPED);
        assertThat(chunkScheduler.outcomes.values())
                .filteredOn(Outcome::isSuccess)
                .hasSize(3 + 39);
        assertConserved(chunkScheduler);
    }

    @Test
    void cancellingAFinishedJobChangesNothing() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, CHEAP_NS);
        chunkScheduler.grant(1, 40, 0);
        chunkScheduler.begin(0);
        chunkScheduler.worker(0).step();
        chunkScheduler.cancelJob(1, 0);
        assertThat(chunkScheduler.worker(0).told).isFalse();
        chunkScheduler.settleDown();
        chunkScheduler.cancelJob(1, 0);
        chunkScheduler.cancelJob(1, 999);
        chunkScheduler.cancelJob(77, 0);
        assertThat(chunkScheduler.outcomes.values()).allMatch(Outcome::isSuccess);
        assertConserved(chunkScheduler);
    }

    /** As by a worker that had no memory for all it had to tell, and told it again. */
    @Test
    void aReportThatIsRepeatedSaysNothingNew() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(1, settings -> settings.withMaxAbandoned(0));
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        Assignment<Integer, String> held = chunkScheduler.worker(0).active;
        chunkScheduler.cancelBatch(1);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        chunkScheduler.worker(0).step();
        chunkScheduler.worker(0).report();
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        chunkScheduler.chunkScheduler.done(held, 1);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.outcomes).hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aRunnerThatNeedsItIsLookedAfterLessAndLessOften() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(1, settings -> settings);
        chunkScheduler.needsLooks = true;
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(99_000_000);
        assertThat(chunkScheduler.looks).isZero();
        chunkScheduler.pass(1_000_000);
        assertThat(chunkScheduler.looks).isEqualTo(1);
        for (int second = 1; second <= 60; second++) {
            chunkScheduler.pass(1_000_000_000);
        }
        assertThat(chunkScheduler.looks).isBetween(6, 15);
        int before = chunkScheduler.looks;
        for (int minute = 1; minute <= 60; minute++) {
            chunkScheduler.pass(60_000_000_000L);
        }
        assertThat(chunkScheduler.looks - before).isBetween(50, 61);
        assertThat(chunkScheduler.chunkScheduler.nextInspectionNs() - chunkScheduler.nowNs)
                .isBetween(1L, 60_000_000_000L);
    }

    /** A handler that was given up may end unnoticed as any other, and its worker's place may wait for that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRunnerThatNeedsItIsLookedAfterUntilTheHandlerThatWasGivenUpReturns(int maxAbandoned) {
        ChunkSchedulerHarness chunkScheduler =
                new ChunkSchedulerHarness(1, settings -> settings.withMaxAbandoned(maxAbandoned));
        chunkScheduler.needsLooks = true;
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        ChunkSchedulerHarness.Staff staff = chunkScheduler.worker(0);
        chunkScheduler.cancelBatch(1);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        int before = chunkScheduler.looks;
        for (int minute = 1; minute <= 10; minute++) {
            chunkScheduler.pass(60_000_000_000L);
        }
        assertThat(chunkScheduler.looks - before).isBetween(9, 11);
        staff.step();
        staff.report();
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        before = chunkScheduler.looks;
        for (int minute = 1; minute <= 10; minute++) {
            chunkScheduler.pass(60_000_000_000L);
        }
        assertThat(chunkScheduler.looks).isEqualTo(before);
    }
}
