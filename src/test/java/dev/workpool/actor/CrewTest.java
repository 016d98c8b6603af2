package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Outcome;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which worker gets what, and what is taken from whom. */
class CrewTest {
    private static final long CHEAP_NS = 1_000;
    private static final long DEAR_NS = 3 * CrewHarness.BUDGET_NS;
    private static final Outcome<String> NEVER_RAN = new Outcome.Cancelled<>(0);
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);

    private static CrewHarness crew(int workers) {
        return new CrewHarness(workers, settings -> settings);
    }

    /** A crew that knows what a job costs; batch 9 has taught it. */
    private static CrewHarness crew(int workers, long costNs) {
        return taught(crew(workers), costNs);
    }

    private static CrewHarness taught(CrewHarness crew, long costNs) {
        for (int i = 0; i < 3; i++) {
            crew.grant(9, 1, 0);
            int index = IntStream.range(0, crew.crew.slots().size())
                    .filter(worker -> !crew.chunks(worker).isEmpty())
                    .findFirst()
                    .orElseThrow();
            crew.finish(index, costNs);
        }
        return crew;
    }

    private static int busy(CrewHarness crew) {
        return IntStream.range(0, crew.crew.slots().size())
                .filter(index -> !crew.chunks(index).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static void assertConserved(CrewHarness crew) {
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
    }

    // Handing out

    @Test
    void startsWithOneJobAndGrows() {
        CrewHarness crew = crew(1);
        assertThat(crew.crew.wanted()).as("one chunk of one job").isEqualTo(1);
        crew.grant(1, 100_000, 0);
        assertThat(crew.chunks(0)).containsExactly(1);
        crew.finish(0, CHEAP_NS);
        assertThat(crew.chunks(0)).containsExactly(5_000, 5_000);
        assertConserved(crew);
    }

    @Test
    void wantsAsMuchAsThereIsRoomFor() {
        CrewHarness crew = crew(4);
        assertThat(crew.crew.wanted()).isEqualTo(4);
        taught(crew, CHEAP_NS);
        assertThat(crew.crew.wanted()).isEqualTo(3 + 4 * 2 * 5_000);
        crew.grant(1, 4 * 2 * 5_000, 1_000_000);
        assertThat(crew.crew.wanted()).as("nothing more").isEqualTo(3 + 4 * 2 * 5_000);
    }

    @Test
    void givesOneChunkAtATimeWhereAJobIsDear() {
        CrewHarness crew = crew(2, DEAR_NS);
        crew.grant(1, 10, 0);
        assertThat(crew.chunks(0)).containsExactly(1);
        assertThat(crew.chunks(1)).containsExactly(1);
        assertThat(crew.crew.wanted()).isEqualTo(3 + 10);
    }

    @Test
    void givesEverybodyAFirstChunkBeforeAnybodyASecond() {
        CrewHarness crew = crew(3, CHEAP_NS);
        crew.grant(1, 3, 100_000);
        assertThat(List.of(crew.chunks(0), crew.chunks(1), crew.chunks(2))).containsOnly(List.of(3), List.of());
        crew.grant(1, 15_000, 100_000);
        for (int i = 0; i < 3; i++) {
            assertThat(crew.chunks(i)).isNotEmpty();
        }
    }

    @Test
    void sharesWhatIsLeftEvenlyAmongTheFreePlaces() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 1_000, 0);
        assertThat(crew.chunks(0)).containsExactly(250, 250);
        assertThat(crew.chunks(1)).containsExactly(250, 250);
        assertConserved(crew);
    }

    // Taking from the busy

    @Test
    void anIdleWorkerGetsTheSecondChunkOfABusyOne() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 4, 1_000_000); // one chunk, since more is on its way
        int first = busy(crew);
        crew.begin(first);
        crew.slot(1 - first).vacated = true; // so that the next goes to the same one
        crew.grant(2, 400, 1_000_000);
        assertThat(crew.chunks(first)).containsExactly(4, 400);
        Assignment<Integer, String> second = crew.slot(first).out.getLast();
        crew.kill(1 - first);
        assertThat(crew.chunks(first)).as("more is on its way").containsExactly(4, 400);
        crew.cancelBatch(7); // the dispatcher says that it has no more
        assertThat(crew.chunks(first).get(0)).isEqualTo(4);
        assertThat(crew.slot(first).out).doesNotContain(second);
        assertThat(crew.chunks(1 - first)).isNotEmpty();
        assertConserved(crew);
    }

    @Test
    void anIdleWorkerGetsHalfOfTheOnlyChunkOfABusyOne() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 1_001, 1_000_000);
        int first = busy(crew);
        assertThat(crew.chunks(1 - first)).isEmpty();
        crew.begin(first);
        crew.cancelBatch(7);
        assertThat(crew.chunks(first).get(0)).isEqualTo(501);
        assertThat(crew.chunks(1 - first)).isNotEmpty();
        assertConserved(crew);
    }

    @Test
    void theJobThatIsAboutToBeginIsLeftToItsWorker() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 1_001, 1_000_000);
        int first = busy(crew);
        crew.cancelBatch(7);
        assertThat(crew.chunks(first).get(0)).isEqualTo(501);
        assertThat(crew.chunks(1 - first)).isNotEmpty();
        for (int i = 0; i < 50; i++) { // nobody begins, and the idle take what they can
            crew.crew.feed();
        }
        assertThat(crew.chunks(first).get(0)).isPositive();
        assertConserved(crew);
    }

    @Test
    void aSingleJobGoesToAndFroNowhere() {
        CrewHarness crew = crew(2);
        crew.grant(1, 1, 0);
        int first = busy(crew);
        Assignment<Integer, String> assignment = crew.slot(first).out.getFirst();
        for (int i = 0; i < 5; i++) {
            crew.crew.feed();
        }
        assertThat(crew.slot(first).out).containsExactly(assignment);
        crew.begin(first);
        crew.crew.feed();
        assertThat(crew.slot(first).out).containsExactly(assignment);
        assertThat(crew.chunks(1 - first)).isEmpty();
    }

    @Test
    void workThatIsNotWorthAMessageIsNotTaken() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 9, 1_000_000);
        int first = busy(crew);
        crew.cancelBatch(7);
        assertThat(crew.chunks(first)).containsExactly(9);
        assertThat(crew.chunks(1 - first)).isEmpty();
    }

    @Test
    void aJobThatWasTakenFromAChunkIsCancelledWhereItIsNow() {
        for (boolean firstInLine : List.of(true, false)) {
            CrewHarness crew = crew(2, CHEAP_NS);
            crew.slot(1).vacated = firstInLine; // its chunk is then looked at before that of the other
            crew.grant(1, 1_001, 1_000_000);
            int first = busy(crew);
            crew.begin(first);
            if (firstInLine) {
                crew.kill(1);
            }
            crew.cancelBatch(7);
            assertThat(crew.chunks(1 - first)).isNotEmpty();
            crew.cancelJob(1, 501);
            assertThat(crew.outcomes).containsEntry("1:501", NEVER_RAN).hasSize(3 + 1);
            crew.settleDown();
            assertThat(crew.started).doesNotContain("1:501").hasSize(3 + 1_000);
            assertConserved(crew);
        }
    }

    @Test
    void aDroppedChunkThatIsReportedDoesNotHideWhatThereIsToTake() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 100, 1_000_000);
        CrewHarness.Staff first = crew.worker(busy(crew));
        first.receive();
        crew.cancelBatch(1);
        first.step();
        first.report();
        crew.grant(2, 1_001, 1_000_000);
        crew.cancelBatch(7);
        assertThat(crew.chunks(0)).isNotEmpty();
        assertThat(crew.chunks(1)).isNotEmpty();
    }

    // Overdue

    @Test
    void anOverdueChunkGivesItsUnstartedJobsToOthersAndHandsInTheFinished() {
        CrewHarness crew = crew(2, CHEAP_NS);
        crew.grant(1, 100, 1_000_000);
        int stuck = busy(crew);
        crew.begin(stuck);
        crew.worker(stuck).step();
        crew.worker(stuck).step();
        crew.pass(2 * CrewHarness.BUDGET_NS);
        assertThat(crew.chunks(stuck)).containsExactly(3);
        assertThat(crew.outcomes).containsKeys("1:0", "1:1").doesNotContainKey("1:2");
        assertThat(crew.chunks(1 - stuck)).isNotEmpty();
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).hasSize(103);
    }

    @Test
    void nothingIsPutBehindAnOverdueChunk() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 10, 0);
        crew.begin(0);
        crew.pass(2 * CrewHarness.BUDGET_NS);
        assertThat(crew.chunks(0)).containsExactly(1);
        crew.grant(1, 10, 0);
        assertThat(crew.chunks(0)).containsExactly(1);
        assertThat(crew.crew.wanted()).isEqualTo(3 + 20 - crew.returned.jobs());
        crew.finish(0, 0);
        assertThat(crew.chunks(0)).isNotEmpty();
        assertConserved(crew);
    }

    @Test
    void theSecondChunkOfAnOverdueWorkerGoesBackWhole() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 100, 0);
        assertThat(crew.chunks(0)).hasSize(2);
        crew.begin(0);
        crew.pass(2 * CrewHarness.BUDGET_NS);
        assertThat(crew.chunks(0)).containsExactly(1);
        assertConserved(crew);
    }

    @Test
    void timeBeginsForASecondChunkWhenTheFirstIsDone() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 100, 0);
        List<Integer> chunks = crew.chunks(0);
        crew.pass(CrewHarness.BUDGET_NS);
        crew.finish(0, CHEAP_NS);
        crew.begin(0);
        crew.pass(CrewHarness.BUDGET_NS + 10);
        assertThat(crew.chunks(0).get(0)).isEqualTo(chunks.get(1));
        crew.pass(CrewHarness.BUDGET_NS);
        assertThat(crew.chunks(0)).containsExactly(1);
    }

    // Cancelling

    @Test
    void cancellingABatchReachesItsJobsWhereverTheyAre() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 10, 0);
        crew.grant(2, 5, 0);
        assertThat(crew.chunks(0)).hasSize(2); // of the ten; the rest is pending
        crew.begin(0);
        crew.worker(0).step();
        crew.cancelBatch(1);
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes.values()).filteredOn(NEVER_RAN::equals).hasSize(8);
        crew.settleDown();
        assertThat(crew.outcomes.get("1:0")).isEqualTo(new Outcome.Succeeded<>("1:0", 1));
        assertThat(crew.outcomes.get("1:1")).isEqualTo(STOPPED);
        assertThat(IntStream.range(0, 5).mapToObj(i -> crew.outcomes.get("2:" + i)))
                .allMatch(Outcome::isSuccess);
        assertConserved(crew);
    }

    @Test
    void cancellingABatchTwiceOrAfterItsEndIsHarmless() {
        CrewHarness crew = crew(1);
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.cancelBatch(1);
        crew.cancelBatch(1);
        crew.settleDown();
        crew.cancelBatch(1);
        assertThat(crew.outcomes).containsExactly(Map.entry("1:0", STOPPED));
    }

    @Test
    void cancellingAPendingJobTakesItOut() {
        CrewHarness crew = crew(1);
        crew.grant(1, 5, 0);
        crew.cancelJob(1, 3);
        assertThat(crew.outcomes).containsEntry("1:3", NEVER_RAN).hasSize(1);
        crew.settleDown();
        assertThat(crew.started).doesNotContain("1:3").hasSize(4);
        assertConserved(crew);
    }

    @Test
    void cancellingAnUnclaimedJobTakesItOutOfItsChunk() {
        for (int job : List.of(0, 1, 50, 199, 200, 201, 399)) {
            CrewHarness crew = crew(1, CHEAP_NS);
            crew.grant(1, 400, 0);
            assertThat(crew.chunks(0)).hasSize(2);
            crew.cancelJob(1, job);
            assertThat(crew.outcomes.get("1:" + job)).isEqualTo(NEVER_RAN);
            crew.settleDown();
            assertThat(crew.started).doesNotContain("1:" + job).hasSize(3 + 399);
            assertConserved(crew);
        }
    }

    @Test
    void cancellingARunningJobStopsItAloneAndTheRestRuns() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 40, 0);
        crew.begin(0);
        crew.worker(0).step();
        crew.cancelJob(1, 1);
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes).as("it is the worker's to report").doesNotContainKey("1:1");
        crew.settleDown();
        assertThat(crew.outcomes.get("1:1")).isEqualTo(STOPPED);
        assertThat(crew.outcomes.values()).filteredOn(Outcome::isSuccess).hasSize(3 + 39);
        assertConserved(crew);
    }

    @Test
    void cancellingAFinishedJobChangesNothing() {
        CrewHarness crew = crew(1, CHEAP_NS);
        crew.grant(1, 40, 0);
        crew.begin(0);
        crew.worker(0).step();
        crew.cancelJob(1, 0);
        assertThat(crew.worker(0).told).isFalse();
        crew.settleDown();
        crew.cancelJob(1, 0);
        crew.cancelJob(1, 999);
        crew.cancelJob(77, 0);
        assertThat(crew.outcomes.values()).allMatch(Outcome::isSuccess);
        assertConserved(crew);
    }

    /** As by a worker that had no memory for all it had to tell, and told it again. */
    @Test
    void aReportThatIsRepeatedSaysNothingNew() {
        CrewHarness crew = new CrewHarness(1, settings -> settings.withMaxAbandoned(0));
        crew.grant(1, 1, 0);
        crew.begin(0);
        Assignment<Integer, String> held = crew.worker(0).active;
        crew.cancelBatch(1);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        crew.worker(0).step();
        crew.worker(0).report();
        assertThat(crew.crew.abandoned()).isZero();
        crew.crew.done(held, 1);
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.outcomes).hasSize(1);
        assertThat(crew.crew.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aRunnerThatNeedsItIsLookedAfterLessAndLessOften() {
        CrewHarness crew = new CrewHarness(1, settings -> settings);
        crew.needsLooks = true;
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.pass(99_000_000);
        assertThat(crew.looks).isZero();
        crew.pass(1_000_000);
        assertThat(crew.looks).isEqualTo(1);
        for (int second = 1; second <= 60; second++) {
            crew.pass(1_000_000_000);
        }
        assertThat(crew.looks).isBetween(6, 15);
        int before = crew.looks;
        for (int minute = 1; minute <= 60; minute++) {
            crew.pass(60_000_000_000L);
        }
        assertThat(crew.looks - before).isBetween(50, 61);
        assertThat(crew.crew.nextInspectionNs() - crew.nowNs).isBetween(1L, 60_000_000_000L);
    }

    /** A handler that was given up may end unnoticed as any other, and its worker's place may wait for that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRunnerThatNeedsItIsLookedAfterUntilTheHandlerThatWasGivenUpReturns(int maxAbandoned) {
        CrewHarness crew = new CrewHarness(1, settings -> settings.withMaxAbandoned(maxAbandoned));
        crew.needsLooks = true;
        crew.grant(1, 1, 0);
        crew.begin(0);
        CrewHarness.Staff staff = crew.worker(0);
        crew.cancelBatch(1);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        int before = crew.looks;
        for (int minute = 1; minute <= 10; minute++) {
            crew.pass(60_000_000_000L);
        }
        assertThat(crew.looks - before).isBetween(9, 11);
        staff.step();
        staff.report();
        assertThat(crew.crew.abandoned()).isZero();
        before = crew.looks;
        for (int minute = 1; minute <= 10; minute++) {
            crew.pass(60_000_000_000L);
        }
        assertThat(crew.looks).isEqualTo(before);
    }
}
