package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Outcome;
import org.junit.jupiter.api.Test;

/** Workers that do not come back, or whose actor is gone. */
class CrewReplacementTest {
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);

    private static CrewHarness crew(int workers, int maxAbandoned) {
        return new CrewHarness(workers, settings -> settings.withMaxAbandoned(maxAbandoned));
    }

    /** The only worker hangs in job 1:0, which was cancelled; job 1:1 waits. */
    private static CrewHarness hanging(int maxAbandoned) {
        CrewHarness crew = crew(1, maxAbandoned);
        crew.grant(1, 2, 0);
        crew.begin(0);
        crew.cancelJob(1, 0);
        return crew;
    }

    private static void assertAllIsWell(CrewHarness crew) {
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.crew.slots()).allMatch(Slot::isIdle);
    }

    @Test
    void aHandlerHasItsGraceToReturn() {
        CrewHarness crew = hanging(64);
        assertThat(crew.crew.nextInspectionNs()).isLessThanOrEqualTo(crew.nowNs + CrewHarness.GRACE_NS);
        crew.pass(CrewHarness.GRACE_NS - 1);
        assertThat(crew.outcomes).isEmpty();
        assertThat(crew.crew.running()).isEqualTo(1);
        crew.finish(0, 0);
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.replaced).isZero();
        assertAllIsWell(crew);
    }

    @Test
    void aHandlerThatDoesNotReturnIsAbandonedAndItsWorkerReplaced() {
        CrewHarness crew = hanging(64);
        CrewHarness.Staff hanging = crew.worker(0);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        assertThat(crew.replaced).isEqualTo(1);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        assertThat(crew.crew.running()).isZero();
        assertThat(hanging.alive).isFalse();
        assertThat(crew.worker(0)).isNotSameAs(hanging);
        crew.finish(0, 0);
        assertThat(crew.outcomes).containsKey("1:1");
        assertThat(hanging.isBusy()).isTrue();
    }

    @Test
    void anAbandonedHandlerThatReturnsLateIsCountedOffAndChangesNothing() {
        CrewHarness crew = hanging(64);
        CrewHarness.Staff hanging = crew.worker(0);
        crew.pass(CrewHarness.GRACE_NS);
        crew.begin(0);
        CrewHarness.Staff replacement = crew.worker(0);
        hanging.step();
        hanging.report();
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.outcomes).containsEntry("1:0", STOPPED);
        assertThat(crew.worker(0)).isSameAs(replacement);
        assertThat(crew.chunks(0)).hasSize(1);
        assertAllIsWell(crew);
    }

    @Test
    void beyondTheMostThatMayBeAbandonedAWorkerIsHeldUntilItReturns() {
        CrewHarness crew = hanging(0);
        CrewHarness.Staff hanging = crew.worker(0);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.held).isEqualTo(1);
        assertThat(crew.outcomes).as("its job is settled all the same").containsEntry("1:0", STOPPED);
        assertThat(crew.crew.abandoned()).isEqualTo(1);
        assertThat(crew.crew.running()).isZero();
        assertThat(crew.worker(0)).isSameAs(hanging);
        crew.pass(CrewHarness.GRACE_NS);
        crew.cancelBatch(7);
        assertThat(crew.started).as("nothing runs next to it").containsExactly("1:0");
        hanging.step();
        hanging.report();
        assertThat(crew.crew.abandoned()).isZero();
        crew.finish(0, 0);
        assertThat(crew.outcomes.get("1:1").isSuccess()).isTrue();
        assertAllIsWell(crew);
    }

    @Test
    void aHandlerIsAbandonedInTheMidstOfAChunkWhoseOthersAreNotLost() {
        CrewHarness crew = crew(1, 64);
        crew.grant(1, 1, 0);
        crew.finish(0, 1_000);
        crew.grant(2, 400, 0);
        crew.begin(0);
        crew.worker(0).step();
        crew.worker(0).step();
        crew.cancelJob(2, 2);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.replaced).isEqualTo(1);
        assertThat(crew.outcomes).containsKeys("2:0", "2:1").containsEntry("2:2", STOPPED);
        assertThat(crew.chunks(0)).isNotEmpty();
        assertAllIsWell(crew);
        assertThat(crew.outcomes.values()).filteredOn(Outcome::isSuccess).hasSize(1 + 399);
    }

    @Test
    void aWorkerWhoseActorStopsWhileIdleIsReplacedAtOnce() {
        CrewHarness crew = crew(1, 64);
        CrewHarness.Staff first = crew.worker(0);
        crew.kill(0);
        assertThat(crew.worker(0)).isNotSameAs(first);
        crew.grant(1, 1, 0);
        assertAllIsWell(crew);
    }

    @Test
    void chunksThatAStoppedWorkerNeverSawGoToItsReplacement() {
        CrewHarness crew = crew(1, 64);
        crew.grant(1, 1, 0);
        CrewHarness.Staff first = crew.worker(0);
        crew.kill(0);
        assertThat(crew.worker(0)).isNotSameAs(first);
        assertThat(crew.chunks(0)).containsExactly(1);
        crew.finish(0, 0);
        assertThat(crew.outcomes.get("1:0").isSuccess()).isTrue();
        assertAllIsWell(crew);
    }

    @Test
    void aStoppedWorkersRunnerFinishesWhatItHasBegunBeforeItIsReplaced() {
        CrewHarness crew = crew(1, 64);
        crew.grant(1, 1, 0);
        crew.finish(0, 1_000);
        crew.grant(2, 400, 0);
        crew.begin(0);
        CrewHarness.Staff first = crew.worker(0);
        crew.kill(0);
        assertThat(crew.worker(0)).as("its handler still runs").isSameAs(first);
        assertThat(crew.chunks(0)).containsExactly(1);
        assertThat(crew.crew.running()).isEqualTo(1);
        first.step();
        first.report();
        assertThat(crew.worker(0)).isNotSameAs(first);
        assertThat(crew.chunks(0)).isNotEmpty();
        assertAllIsWell(crew);
    }

    @Test
    void aStoppedWorkerWhoseHandlerHangsIsReplacedWhenThatIsAbandoned() {
        CrewHarness crew = hanging(64);
        CrewHarness.Staff first = crew.worker(0);
        crew.kill(0);
        assertThat(crew.worker(0)).isSameAs(first);
        crew.pass(CrewHarness.GRACE_NS);
        assertThat(crew.worker(0)).isNotSameAs(first);
        assertAllIsWell(crew);
    }

    @Test
    void aChunkThatWasDroppedIsReportedInVain() {
        CrewHarness crew = crew(2, 64);
        crew.grant(1, 1, 0);
        crew.grant(1, 1, 0);
        CrewHarness.Staff first = crew.worker(0);
        first.receive();
        crew.cancelBatch(1);
        assertThat(crew.chunks(0)).isEmpty();
        crew.grant(2, 1, 0);
        int chunks = crew.chunks(0).size() + crew.chunks(1).size();
        first.step();
        first.report();
        assertThat(crew.chunks(0).size() + crew.chunks(1).size()).isEqualTo(chunks);
        assertAllIsWell(crew);
        assertThat(crew.started).containsExactly("2:0");
    }

    @Test
    void stoppingAllRecallsWhatHasNotBegunAndTellsWhatRuns() {
        CrewHarness crew = crew(2, 64);
        crew.grant(1, 2, 0);
        crew.begin(0);
        crew.crew.stopAll();
        assertThat(crew.worker(0).told).isTrue();
        crew.settleDown();
        assertThat(crew.started).hasSize(1);
    }
}
