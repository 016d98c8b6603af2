package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Outcome;
import dev.workpool.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs, pauses and resizes, to the nanosecond. */
class CrewPoliciesTest {
    private static final long MS = 1_000_000;
    private static final Duration TIMEOUT = Duration.ofMillis(3);
    private static final Outcome<String> TIMED_OUT = new Outcome.TimedOut<>(TIMEOUT, 1);

    private static CrewHarness crew(int workers, RetryPolicy retry) {
        return crew(workers, new JobPolicy(Optional.of(TIMEOUT), retry, Optional.empty(), false, false));
    }

    private static CrewHarness crew(int workers, JobPolicy policy) {
        CrewHarness crew = new CrewHarness(workers, settings -> settings);
        crew.policies.put(1L, policy);
        return crew;
    }

    private static void assertAllIsWell(CrewHarness crew) {
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.crew.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aJobThatTakesTooLongIsToldAndItsOutcomeAtOnce() {
        CrewHarness crew = crew(1, RetryPolicy.never());
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.pass(TIMEOUT.toNanos() - 1);
        assertThat(crew.worker(0).told).isFalse();
        assertThat(crew.crew.running()).isEqualTo(1);
        crew.pass(1);
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes).containsEntry("1:0", TIMED_OUT);
        assertThat(crew.crew.running()).as("jobs that have no outcome").isZero();
        assertAllIsWell(crew);
    }

    @Test
    void oneThatIsTriedAgainHasNoOutcomeBeforeItsHandlerHasEnded() {
        CrewHarness crew = crew(1, RetryPolicy.attempts(2).withTimeouts(true));
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.pass(TIMEOUT.toNanos());
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes).isEmpty();
        assertThat(crew.crew.running()).isEqualTo(1);
        crew.worker(0).step();
        assertThat(crew.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(crew);
    }

    @Test
    void norHasOneWhoseHandlerIsToBeAtRest() {
        CrewHarness crew =
                crew(1, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, true));
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.pass(TIMEOUT.toNanos());
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes).isEmpty();
        crew.worker(0).step();
        assertThat(crew.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(crew);
    }

    @Test
    void theEndOfItsBatchIsItsOutcomeAtOnceThoughItWasToldBefore() {
        CrewHarness crew = crew(1, RetryPolicy.attempts(2).withTimeouts(true));
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.pass(TIMEOUT.toNanos());
        StopReason late = StopReason.timedOut(Duration.ofMillis(5));
        crew.crew.stopBatch(1, late, true, 0);
        assertThat(crew.outcomes).containsEntry("1:0", late.after(1));
        assertThat(crew.crew.running()).isZero();
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.replaced).as("its grace began when it was told").isEqualTo(1);
        assertThat(crew.outcomes).containsEntry("1:0", late.after(1));
        assertAllIsWell(crew);
    }

    @Test
    void aJobThatFailsForLackOfTimeHasTimedOutWhoeverNoticesItFirst() {
        CrewHarness crew = crew(1, RetryPolicy.never());
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.nowNs += TIMEOUT.toNanos(); // and the router has not looked yet
        crew.worker(0).failure = new IllegalStateException("on purpose");
        crew.worker(0).step();
        assertThat(crew.outcomes).containsEntry("1:0", TIMED_OUT);
        assertAllIsWell(crew);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inAnAdaptiveCrewThatShowsAnOverload(boolean timedOut) {
        CrewHarness crew = new CrewHarness(20, settings -> settings.withAdaptiveWorkers(1, 20));
        crew.policies.put(1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false));
        int before = crew.crew.workers();
        int idle = before - 1; // the last who came is the first to get something
        crew.grant(1, 1, 0);
        crew.begin(idle);
        crew.nowNs += TIMEOUT.toNanos() - (timedOut ? 0 : 1);
        crew.worker(idle).failure = new IllegalStateException("on purpose");
        crew.worker(idle).step();
        crew.worker(idle).report();
        assertThat(crew.crew.workers()).isEqualTo(timedOut ? Math.max(1, before - 1) : before);
        assertAllIsWell(crew);
    }

    /** A chunk of many takes longer than one of them may. */
    @Test
    void eachJobOfAChunkIsTimedByItself() {
        CrewHarness crew = crew(1, RetryPolicy.never());
        crew.grant(2, 1, 0);
        crew.finish(0, 10_000);
        crew.grant(1, 400, 0);
        crew.begin(0);
        for (int i = 0; i < 8; i++) {
            crew.pass(MS);
            assertThat(crew.worker(0).told).isFalse();
            crew.worker(0).step();
        }
        assertThat(crew.worker(0).active.slice.size()).isGreaterThan(9);
        int position = crew.worker(0).position;
        crew.pass(TIMEOUT.toNanos());
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.outcomes).containsEntry("1:" + position, TIMED_OUT);
        assertAllIsWell(crew);
        assertThat(crew.outcomes.values()).filteredOn(TIMED_OUT::equals).hasSize(1);
    }

    @Test
    void inAPauseEverythingUnstartedGoesBack() {
        CrewHarness crew = crew(1, RetryPolicy.never());
        crew.grant(2, 1, 0);
        crew.finish(0, 10_000);
        crew.grant(1, 900, 0);
        crew.begin(0);
        crew.pause();
        assertThat(crew.returned.jobs()).isEqualTo(899);
        assertThat(crew.crew.running()).isEqualTo(1);
        crew.worker(0).receive();
        crew.worker(0).step();
        assertThat(crew.started).hasSize(2);
        crew.resize(3);
        assertThat(crew.crew.wanted()).isEqualTo(crew.credited);
        crew.resume();
        assertThat(crew.crew.wanted()).isGreaterThan(crew.credited);
        assertAllIsWell(crew);
    }

    @Test
    void aRetiredWorkerGivesBackAndLeavesWhenItIsDone() {
        CrewHarness crew = crew(3, RetryPolicy.never());
        for (int i = 0; i < 3; i++) {
            crew.grant(2, 1, 0);
            crew.begin(i);
        }
        CrewHarness.Staff last = crew.worker(2);
        crew.resize(1);
        assertThat(crew.crew.slots()).hasSize(3);
        crew.resize(2);
        assertThat(crew.crew.slots()).hasSize(3);
        assertThat(crew.staff).as("nobody new").hasSize(3);
        last.step();
        last.report();
        assertThat(last.alive).isFalse();
        assertThat(crew.crew.slots()).hasSize(2);
        crew.resize(3);
        assertThat(crew.worker(2)).isNotSameAs(last);
        assertAllIsWell(crew);
    }

    @Test
    void aRetiredWorkerThatIsAbandonedLeavesWithoutAnother() {
        CrewHarness crew = crew(2, RetryPolicy.never());
        crew.grant(2, 1, 0);
        crew.grant(2, 1, 0);
        crew.begin(0);
        crew.begin(1);
        crew.cancelJob(2, crew.worker(1).active.slice.from());
        crew.resize(1);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.crew.slots()).hasSize(1);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        crew.resize(2);
        assertThat(crew.staff).hasSize(3);
        assertAllIsWell(crew);
    }

    @Test
    void aHeldWorkerThatRetiresLeavesWhenItsHandlerReturns() {
        CrewHarness crew = new CrewHarness(2, settings -> settings.withMaxAbandoned(0));
        crew.grant(2, 1, 0);
        crew.grant(2, 1, 0);
        crew.begin(0);
        crew.begin(1);
        crew.cancelBatch(2);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.held).isEqualTo(2);
        crew.resize(1);
        assertThat(crew.crew.slots()).hasSize(2);
        crew.worker(1).step();
        crew.worker(1).report();
        assertThat(crew.crew.slots()).hasSize(1);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        assertAllIsWell(crew);
    }
}
