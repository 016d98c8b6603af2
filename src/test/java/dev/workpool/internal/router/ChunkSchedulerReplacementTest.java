package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Workers that do not come back, or whose actor is gone. */
class ChunkSchedulerReplacementTest {
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);

    private static ChunkSchedulerHarness chunkScheduler(int workers, int maxAbandoned) {
        return new ChunkSchedulerHarness(workers, settings -> settings.withMaxAbandoned(maxAbandoned));
    }

    /** The only worker hangs in job 1:0, which was cancelled; job 1:1 waits. */
    private static ChunkSchedulerHarness hanging(int maxAbandoned) {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, maxAbandoned);
        chunkScheduler.grant(1, 2, 0);
        chunkScheduler.begin(0);
        chunkScheduler.cancelJob(1, 0);
        return chunkScheduler;
    }

    private static void assertAllIsWell(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.chunkScheduler.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aHandlerHasItsGraceToReturn() {
        ChunkSchedulerHarness chunkScheduler = hanging(64);
        assertThat(chunkScheduler.chunkScheduler.nextInspectionNs())
                .isLessThanOrEqualTo(chunkScheduler.nowNs + ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS - 1);
        assertThat(chunkScheduler.outcomes).isEmpty();
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        chunkScheduler.finish(0, 0);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.replaced).isZero();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aHandlerThatDoesNotReturnIsAbandonedAndItsWorkerReplaced() {
        ChunkSchedulerHarness chunkScheduler = hanging(64);
        ChunkSchedulerHarness.Staff hanging = chunkScheduler.worker(0);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        assertThat(chunkScheduler.chunkScheduler.running()).isZero();
        assertThat(hanging.alive).isFalse();
        assertThat(chunkScheduler.worker(0)).isNotSameAs(hanging);
        chunkScheduler.finish(0, 0);
        assertThat(chunkScheduler.outcomes).containsKey("1:1");
        assertThat(hanging.isBusy()).isTrue();
    }

    @Test
    void anAbandonedHandlerThatReturnsLateIsCountedOffAndChangesNothing() {
        ChunkSchedulerHarness chunkScheduler = hanging(64);
        ChunkSchedulerHarness.Staff hanging = chunkScheduler.worker(0);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.begin(0);
        ChunkSchedulerHarness.Staff replacement = chunkScheduler.worker(0);
        hanging.step();
        hanging.report();
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        assertThat(chunkScheduler.worker(0)).isSameAs(replacement);
        assertThat(chunkScheduler.chunks(0)).hasSize(1);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void beyondTheMostThatMayBeAbandonedAWorkerIsHeldUntilItReturns() {
        ChunkSchedulerHarness chunkScheduler = hanging(0);
        ChunkSchedulerHarness.Staff hanging = chunkScheduler.worker(0);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.held).isEqualTo(1);
        assertThat(chunkScheduler.outcomes)
                .as("its job is settled all the same")
                .containsEntry("1:0", STOPPED);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        assertThat(chunkScheduler.chunkScheduler.running()).isZero();
        assertThat(chunkScheduler.worker(0)).isSameAs(hanging);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.cancelBatch(7);
        assertThat(chunkScheduler.started).as("nothing runs next to it").containsExactly("1:0");
        hanging.step();
        hanging.report();
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        chunkScheduler.finish(0, 0);
        assertThat(chunkScheduler.outcomes.get("1:1").isSuccess()).isTrue();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void whoTakesAllPermitsTakesThoseThatNobodyKeeps() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(4, 0);
        chunkScheduler.policies.put(
                2L,
                new JobPolicy(Optional.empty(), RetryPolicy.never(), Optional.empty(), false, false, 4, 0, 1, null));
        chunkScheduler.grant(1, 1, 0);
        ChunkSchedulerHarness.Staff hanging = chunkScheduler.staff.stream()
                .filter(each -> each.mailbox.hasMessages())
                .findFirst()
                .orElseThrow();
        chunkScheduler.begin(hanging.index);
        chunkScheduler.cancelJob(1, 0);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.held).isEqualTo(1);
        chunkScheduler.grant(2, 1, 0);
        assertThat(chunkScheduler.staff.stream().filter(each -> each != hanging && each.receive() && each.step()))
                .as("who runs it beside a handler that keeps its worker's place")
                .hasSize(1);
        hanging.step();
        hanging.report();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aHandlerIsAbandonedInTheMidstOfAChunkWhoseOthersAreNotLost() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, 64);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.finish(0, 1_000);
        chunkScheduler.grant(2, 400, 0);
        chunkScheduler.begin(0);
        chunkScheduler.worker(0).step();
        chunkScheduler.worker(0).step();
        chunkScheduler.cancelJob(2, 2);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertThat(chunkScheduler.outcomes).containsKeys("2:0", "2:1").containsEntry("2:2", STOPPED);
        assertThat(chunkScheduler.chunks(0)).isNotEmpty();
        assertAllIsWell(chunkScheduler);
        assertThat(chunkScheduler.outcomes.values())
                .filteredOn(Outcome::isSuccess)
                .hasSize(1 + 399);
    }

    @Test
    void aWorkerWhoseActorStopsWhileIdleIsReplacedAtOnce() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, 64);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(0);
        chunkScheduler.kill(0);
        assertThat(chunkScheduler.worker(0)).isNotSameAs(first);
        chunkScheduler.grant(1, 1, 0);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void chunksThatAStoppedWorkerNeverSawGoToItsReplacement() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, 64);
        chunkScheduler.grant(1, 1, 0);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(0);
        chunkScheduler.kill(0);
        assertThat(chunkScheduler.worker(0)).isNotSameAs(first);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        chunkScheduler.finish(0, 0);
        assertThat(chunkScheduler.outcomes.get("1:0").isSuccess()).isTrue();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aStoppedWorkersRunnerFinishesWhatItHasBegunBeforeItIsReplaced() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, 64);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.finish(0, 1_000);
        chunkScheduler.grant(2, 400, 0);
        chunkScheduler.begin(0);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(0);
        chunkScheduler.kill(0);
        assertThat(chunkScheduler.worker(0)).as("its handler still runs").isSameAs(first);
        assertThat(chunkScheduler.chunks(0)).containsExactly(1);
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        first.step();
        first.report();
        assertThat(chunkScheduler.worker(0)).isNotSameAs(first);
        assertThat(chunkScheduler.chunks(0)).isNotEmpty();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aStoppedWorkerWhoseHandlerHangsIsReplacedWhenThatIsAbandoned() {
        ChunkSchedulerHarness chunkScheduler = hanging(64);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(0);
        chunkScheduler.kill(0);
        assertThat(chunkScheduler.worker(0)).isSameAs(first);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.worker(0)).isNotSameAs(first);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aChunkThatWasDroppedIsReportedInVain() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, 64);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.grant(1, 1, 0);
        ChunkSchedulerHarness.Staff first = chunkScheduler.worker(0);
        first.receive();
        chunkScheduler.cancelBatch(1);
        assertThat(chunkScheduler.chunks(0)).isEmpty();
        chunkScheduler.grant(2, 1, 0);
        int chunks = chunkScheduler.chunks(0).size() + chunkScheduler.chunks(1).size();
        first.step();
        first.report();
        assertThat(chunkScheduler.chunks(0).size() + chunkScheduler.chunks(1).size())
                .isEqualTo(chunks);
        assertAllIsWell(chunkScheduler);
        assertThat(chunkScheduler.started).containsExactly("2:0");
    }

    @Test
    void stoppingAllRecallsWhatHasNotBegunAndTellsWhatRuns() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, 64);
        chunkScheduler.grant(1, 2, 0);
        chunkScheduler.begin(0);
        chunkScheduler.chunkScheduler.stopAll();
        assertThat(chunkScheduler.worker(0).told).isTrue();
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).hasSize(1);
    }
}
