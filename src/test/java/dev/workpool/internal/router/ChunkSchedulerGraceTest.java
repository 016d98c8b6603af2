package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.worker.Chunk;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a handler that was told to stop is given up: its grace begins when it has heard of it. */
class ChunkSchedulerGraceTest {
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);
    private static final Duration TIMEOUT = Duration.ofMillis(3);

    /** A scheduler whose only worker runs a job that was cancelled, of which its handler has not heard. */
    private static ChunkSchedulerHarness untold() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(1, settings -> settings);
        chunkScheduler.tellsNobody = true;
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.cancelJob(1, 0);
        return chunkScheduler;
    }

    private static void tell(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.tellsNobody = false;
        chunkScheduler.deliverNotices();
    }

    private static void assertAllIsWell(ChunkSchedulerHarness chunkScheduler) {
        tell(chunkScheduler);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.chunkScheduler.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aHandlerThatHasNotHeardOfItIsNotGivenUp() {
        ChunkSchedulerHarness chunkScheduler = untold();
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.pass(10 * ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.outcomes).isEmpty();
        assertThat(chunkScheduler.replaced).isZero();
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        assertAllIsWell(chunkScheduler);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        assertThat(chunkScheduler.replaced).isZero();
    }

    @Test
    void oneThatHearsLateHasAllOfItsGraceFromThenOn() {
        ChunkSchedulerHarness chunkScheduler = untold();
        chunkScheduler.pass(10 * ChunkSchedulerHarness.GRACE_NS);
        tell(chunkScheduler);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS - 1);
        assertThat(chunkScheduler.replaced).isZero();
        chunkScheduler.pass(1);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void oneThatHearsALittleLateHasAllOfItsGraceFromThenOn() {
        ChunkSchedulerHarness chunkScheduler = untold();
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS / 2);
        tell(chunkScheduler);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS - 1);
        assertThat(chunkScheduler.replaced).isZero();
        chunkScheduler.pass(1);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void oneThatNeverHearsIsGivenUpAMinuteAndItsGraceAfterwards() {
        ChunkSchedulerHarness chunkScheduler = untold();
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.pass(Stopper.TOLD_AT_LATEST_NS - ChunkSchedulerHarness.GRACE_NS);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS - 1);
        assertThat(chunkScheduler.replaced).isZero();
        chunkScheduler.pass(1);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", STOPPED);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void oneThatHearsAfterThatHasNoOtherGrace() {
        ChunkSchedulerHarness chunkScheduler = untold();
        chunkScheduler.pass(Stopper.TOLD_AT_LATEST_NS);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS / 2);
        tell(chunkScheduler);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS / 2);
        assertThat(chunkScheduler.replaced).isEqualTo(1);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void noneIsGivenUpWithoutHavingHeardIfThereIsNoGrace() {
        ChunkSchedulerHarness chunkScheduler =
                new ChunkSchedulerHarness(1, settings -> settings.withCancelGrace(Duration.ZERO));
        chunkScheduler.tellsNobody = true;
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.cancelJob(1, 0);
        chunkScheduler.pass(1);
        assertThat(chunkScheduler.replaced).isZero();
        assertThat(chunkScheduler.chunkScheduler.nextInspectionNs())
                .as("nobody looks again and again")
                .isGreaterThan(chunkScheduler.nowNs + ChunkSchedulerHarness.BUDGET_NS / 2);
        tell(chunkScheduler);
        assertThat(chunkScheduler.replaced).as("at once").isEqualTo(1);
        assertAllIsWell(chunkScheduler);
    }

    /** Its worker has left the handler, and waits for its own interrupt to be over. */
    @Test
    void aWorkerThatCannotLeaveItsJobIsReplacedLikeOneWhoseHandlerDoesNotReturn() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(1, settings -> settings);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.cancelJob(1, 0);
        ChunkSchedulerHarness.Staff stuck = chunkScheduler.worker(0);
        Chunk<Integer, String> chunk = stuck.active.chunk;
        chunk.interrupt(0, () -> {
            // As the claim does that ends the job, but for the waiting.
            assertThat(chunk.isLeaving()).isTrue();
            chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
            assertThat(chunkScheduler.replaced).isEqualTo(1);
        });
        assertThat(chunkScheduler.worker(0)).isNotSameAs(stuck);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void jobsThatFollowOneThatHasTakenTooLongAreGivenToOthersAtOnce() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(2, settings -> settings);
        chunkScheduler.policies.put(
                1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false, 1, 0, 1));
        for (int i = 0; i < 4; i++) { // so that chunks grow
            chunkScheduler.grant(2, 10, 0);
            chunkScheduler.finish(0, 1_000);
            chunkScheduler.settleDown();
        }
        chunkScheduler.grant(1, 20, 1_000);
        chunkScheduler.begin(0);
        int out = chunkScheduler.chunks(0).get(0);
        assertThat(out).isGreaterThan(1);
        chunkScheduler.pass(TIMEOUT.toNanos());
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.chunks(0).get(0))
                .as("what is left of the chunk")
                .isEqualTo(1);
        assertAllIsWell(chunkScheduler);
    }
}
