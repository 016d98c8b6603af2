package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Outcome;
import dev.workpool.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a handler that was told to stop is given up: its grace begins when it has heard of it. */
class CrewGraceTest {
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);
    private static final Duration TIMEOUT = Duration.ofMillis(3);

    /** A crew whose only worker runs a job that was cancelled, of which its handler has not heard. */
    private static CrewHarness untold() {
        CrewHarness crew = new CrewHarness(1, settings -> settings);
        crew.tellsNobody = true;
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.cancelJob(1, 0);
        return crew;
    }

    private static void tell(CrewHarness crew) {
        crew.tellsNobody = false;
        crew.deliverNotices();
    }

    private static void assertAllIsWell(CrewHarness crew) {
        tell(crew);
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.crew.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aHandlerThatHasNotHeardOfItIsNotGivenUp() {
        CrewHarness crew = untold();
        crew.pass(CrewHarness.GRACE_NS);
        crew.pass(10 * CrewHarness.GRACE_NS);
        assertThat(crew.outcomes).isEmpty();
        assertThat(crew.replaced).isZero();
        assertThat(crew.crew.running()).isEqualTo(1);
        assertAllIsWell(crew);
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        assertThat(crew.replaced).isZero();
    }

    @Test
    void oneThatHearsLateHasAllOfItsGraceFromThenOn() {
        CrewHarness crew = untold();
        crew.pass(10 * CrewHarness.GRACE_NS);
        tell(crew);
        crew.pass(CrewHarness.GRACE_NS - 1);
        assertThat(crew.replaced).isZero();
        crew.pass(1);
        assertThat(crew.replaced).isEqualTo(1);
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        assertAllIsWell(crew);
    }

    @Test
    void oneThatHearsALittleLateHasAllOfItsGraceFromThenOn() {
        CrewHarness crew = untold();
        crew.pass(CrewHarness.GRACE_NS / 2);
        tell(crew);
        crew.pass(CrewHarness.GRACE_NS - 1);
        assertThat(crew.replaced).isZero();
        crew.pass(1);
        assertThat(crew.replaced).isEqualTo(1);
        assertAllIsWell(crew);
    }

    @Test
    void oneThatNeverHearsIsGivenUpAMinuteAndItsGraceAfterwards() {
        CrewHarness crew = untold();
        crew.pass(CrewHarness.GRACE_NS);
        crew.pass(Stopper.TOLD_AT_LATEST_NS - CrewHarness.GRACE_NS);
        crew.pass(CrewHarness.GRACE_NS - 1);
        assertThat(crew.replaced).isZero();
        crew.pass(1);
        assertThat(crew.replaced).isEqualTo(1);
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        assertAllIsWell(crew);
    }

    @Test
    void oneThatHearsAfterThatHasNoOtherGrace() {
        CrewHarness crew = untold();
        crew.pass(Stopper.TOLD_AT_LATEST_NS);
        crew.pass(CrewHarness.GRACE_NS / 2);
        tell(crew);
        crew.pass(CrewHarness.GRACE_NS / 2);
        assertThat(crew.replaced).isEqualTo(1);
        assertAllIsWell(crew);
    }

    @Test
    void noneIsGivenUpWithoutHavingHeardIfThereIsNoGrace() {
        CrewHarness crew = new CrewHarness(1, settings -> settings.withCancelGrace(Duration.ZERO));
        crew.tellsNobody = true;
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.cancelJob(1, 0);
        crew.pass(1);
        assertThat(crew.replaced).isZero();
        assertThat(crew.crew.nextInspectionNs())
                .as("nobody looks again and again")
                .isGreaterThan(crew.nowNs + CrewHarness.BUDGET_NS / 2);
        tell(crew);
        assertThat(crew.replaced).as("at once").isEqualTo(1);
        assertAllIsWell(crew);
    }

    /** Its worker has left the handler, and waits for its own interrupt to be over. */
    @Test
    void aWorkerThatCannotLeaveItsJobIsReplacedLikeOneWhoseHandlerDoesNotReturn() {
        CrewHarness crew = new CrewHarness(1, settings -> settings);
        crew.grant(1, 1, 0);
        crew.begin(0);
        crew.cancelJob(1, 0);
        CrewHarness.Staff stuck = crew.worker(0);
        Chunk<Integer, String> chunk = stuck.active.chunk;
        chunk.interrupt(0, () -> {
            // As the claim does that ends the job, but for the waiting.
            assertThat(chunk.isLeaving()).isTrue();
            crew.pass(CrewHarness.GRACE_NS);
            assertThat(crew.replaced).isEqualTo(1);
        });
        assertThat(crew.worker(0)).isNotSameAs(stuck);
        assertAllIsWell(crew);
    }

    @Test
    void jobsThatFollowOneThatHasTakenTooLongAreGivenToOthersAtOnce() {
        CrewHarness crew = new CrewHarness(2, settings -> settings);
        crew.policies.put(1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false));
        for (int i = 0; i < 4; i++) { // so that chunks grow
            crew.grant(2, 10, 0);
            crew.finish(0, 1_000);
            crew.settleDown();
        }
        crew.grant(1, 20, 1_000);
        crew.begin(0);
        int out = crew.chunks(0).get(0);
        assertThat(out).isGreaterThan(1);
        crew.pass(TIMEOUT.toNanos());
        assertThat(crew.worker(0).told).isTrue();
        assertThat(crew.chunks(0).get(0)).as("what is left of the chunk").isEqualTo(1);
        assertAllIsWell(crew);
    }
}
