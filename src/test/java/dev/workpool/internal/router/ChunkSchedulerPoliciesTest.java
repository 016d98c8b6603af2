package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs, pauses and resizes, to the nanosecond. */
class ChunkSchedulerPoliciesTest {
    private static final long MS = 1_000_000;
    private static final Duration TIMEOUT = Duration.ofMillis(3);
    private static final Outcome<String> TIMED_OUT = new Outcome.TimedOut<>(TIMEOUT, 1);

    private static ChunkSchedulerHarness chunkScheduler(int workers, RetryPolicy retry) {
        return chunkScheduler(
                workers, new JobPolicy(Optional.of(TIMEOUT), retry, Optional.empty(), false, false, 1, 0, 1));
    }

    private static ChunkSchedulerHarness chunkScheduler(int workers, JobPolicy policy) {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(workers, settings -> settings);
        chunkScheduler.policies.put(1L, policy);
        return chunkScheduler;
    }

    private static void assertAllIsWell(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.chunkScheduler.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aJobThatTakesTooLongIsToldAndItsOutcomeAtOnce() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, RetryPolicy.never());
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(TIMEOUT.toNanos() - 1);
        assertThat(chunkScheduler.worker(0).told).isFalse();
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        chunkScheduler.pass(1);
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", TIMED_OUT);
        assertThat(chunkScheduler.chunkScheduler.running())
                .as("jobs that have no outcome")
                .isZero();
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void oneThatIsTriedAgainHasNoOutcomeBeforeItsHandlerHasEnded() {
        ChunkSchedulerHarness chunkScheduler =
                chunkScheduler(1, RetryPolicy.attempts(2).withTimeouts(true));
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(TIMEOUT.toNanos());
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes).isEmpty();
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        chunkScheduler.worker(0).step();
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void norHasOneWhoseHandlerIsToBeAtRest() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(
                1, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, true, 1, 0, 1));
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(TIMEOUT.toNanos());
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes).isEmpty();
        chunkScheduler.worker(0).step();
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void theEndOfItsBatchIsItsOutcomeAtOnceThoughItWasToldBefore() {
        ChunkSchedulerHarness chunkScheduler =
                chunkScheduler(1, RetryPolicy.attempts(2).withTimeouts(true));
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pass(TIMEOUT.toNanos());
        StopReason late = StopReason.timedOut(Duration.ofMillis(5));
        chunkScheduler.chunkScheduler.stopBatch(1, late, true, 0);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", late.after(1));
        assertThat(chunkScheduler.chunkScheduler.running()).isZero();
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.replaced)
                .as("its grace began when it was told")
                .isEqualTo(1);
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", late.after(1));
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aJobThatFailsForLackOfTimeHasTimedOutWhoeverNoticesItFirst() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, RetryPolicy.never());
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.nowNs += TIMEOUT.toNanos(); // and the router has not looked yet
        chunkScheduler.worker(0).failure = new IllegalStateException("on purpose");
        chunkScheduler.worker(0).step();
        assertThat(chunkScheduler.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(chunkScheduler);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inAnAdaptiveCrewThatShowsAnOverload(boolean timedOut) {
        ChunkSchedulerHarness chunkScheduler =
                new ChunkSchedulerHarness(20, settings -> settings.withAdaptiveWorkers(1, 20));
        chunkScheduler.policies.put(
                1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false, 1, 0, 1));
        int before = chunkScheduler.chunkScheduler.workers();
        int idle = before - 1; // the last who came is the first to get something
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.begin(idle);
        chunkScheduler.nowNs += TIMEOUT.toNanos() - (timedOut ? 0 : 1);
        chunkScheduler.worker(idle).failure = new IllegalStateException("on purpose");
        chunkScheduler.worker(idle).step();
        chunkScheduler.worker(idle).report();
        assertThat(chunkScheduler.chunkScheduler.workers()).isEqualTo(timedOut ? Math.max(1, before - 1) : before);
        assertAllIsWell(chunkScheduler);
    }

    /** A chunk of many takes longer than one of them may. */
    @Test
    void eachJobOfAChunkIsTimedByItself() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, RetryPolicy.never());
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.finish(0, 10_000);
        chunkScheduler.grant(1, 400, 0);
        chunkScheduler.begin(0);
        for (int i = 0; i < 8; i++) {
            chunkScheduler.pass(MS);
            assertThat(chunkScheduler.worker(0).told).isFalse();
            chunkScheduler.worker(0).step();
        }
        assertThat(chunkScheduler.worker(0).active.slice.size()).isGreaterThan(9);
        int position = chunkScheduler.worker(0).position;
        chunkScheduler.pass(TIMEOUT.toNanos());
        assertThat(chunkScheduler.worker(0).told).isTrue();
        assertThat(chunkScheduler.outcomes).containsEntry("1:" + position, TIMED_OUT);
        assertAllIsWell(chunkScheduler);
        assertThat(chunkScheduler.outcomes.values())
                .filteredOn(TIMED_OUT::equals)
                .hasSize(1);
    }

    @Test
    void inAPauseEverythingUnstartedGoesBack() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(1, RetryPolicy.never());
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.finish(0, 10_000);
        chunkScheduler.grant(1, 900, 0);
        chunkScheduler.begin(0);
        chunkScheduler.pause();
        assertThat(chunkScheduler.returned.jobs()).isEqualTo(899);
        assertThat(chunkScheduler.chunkScheduler.running()).isEqualTo(1);
        chunkScheduler.worker(0).receive();
        chunkScheduler.worker(0).step();
        assertThat(chunkScheduler.started).hasSize(2);
        chunkScheduler.resize(3);
        assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(chunkScheduler.credited);
        chunkScheduler.resume();
        assertThat(chunkScheduler.chunkScheduler.wanted()).isGreaterThan(chunkScheduler.credited);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aRetiredWorkerGivesBackAndLeavesWhenItIsDone() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(3, RetryPolicy.never());
        for (int i = 0; i < 3; i++) {
            chunkScheduler.grant(2, 1, 0);
            chunkScheduler.begin(i);
        }
        ChunkSchedulerHarness.Staff last = chunkScheduler.worker(2);
        chunkScheduler.resize(1);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(3);
        chunkScheduler.resize(2);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(3);
        assertThat(chunkScheduler.staff).as("nobody new").hasSize(3);
        last.step();
        last.report();
        assertThat(last.alive).isFalse();
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(2);
        chunkScheduler.resize(3);
        assertThat(chunkScheduler.worker(2)).isNotSameAs(last);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aRetiredWorkerThatIsAbandonedLeavesWithoutAnother() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2, RetryPolicy.never());
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.begin(1);
        chunkScheduler.cancelJob(2, chunkScheduler.worker(1).active.slice.from());
        chunkScheduler.resize(1);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        chunkScheduler.resize(2);
        assertThat(chunkScheduler.staff).hasSize(3);
        assertAllIsWell(chunkScheduler);
    }

    @Test
    void aHeldWorkerThatRetiresLeavesWhenItsHandlerReturns() {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(2, settings -> settings.withMaxAbandoned(0));
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.begin(0);
        chunkScheduler.begin(1);
        chunkScheduler.cancelBatch(2);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS);
        assertThat(chunkScheduler.held).isEqualTo(2);
        chunkScheduler.resize(1);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(2);
        chunkScheduler.worker(1).step();
        chunkScheduler.worker(1).report();
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isEqualTo(1);
        assertAllIsWell(chunkScheduler);
    }
}
