package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.util.Steps;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** How much a router does upon one message, where there is much to do. What may come in between is in {@link ChunkSchedulerPropertyTest}. */
class ChunkSchedulerInPartsTest {
    private static final int WORKERS = 2_000;

    private static final Duration TIMEOUT = Duration.ofMillis(3);

    /** No step takes less than a tenth of what it costs, so this is a bound for how much of anything. */
    private static final int MOST = Steps.OF_A_MESSAGE / 4;

    private final ChunkSchedulerHarness chunkScheduler =
            new ChunkSchedulerHarness(1, settings -> settings.withChunkMaxJobs(1), Steps.OF_A_MESSAGE);

    /** Goes on until all is done, a message at a time; gives how many it took. */
    private int goOn(LongSupplier count, int mostAtATime) {
        int messages = 0;
        long before = count.getAsLong();
        boolean any = true;
        while (any) {
            any = chunkScheduler.goOn();
            messages++;
            long now = count.getAsLong();
            assertThat(Math.abs(now - before)).isLessThanOrEqualTo(mostAtATime);
            before = now;
        }
        return messages;
    }

    private long busy() {
        return chunkScheduler.chunkScheduler.slots().stream()
                .filter(slot -> !slot.out.isEmpty())
                .count();
    }

    private void hire() {
        chunkScheduler.resize(WORKERS);
        goOn(() -> chunkScheduler.staff.size(), 200);
    }

    /** Each worker runs a job. */
    private void occupy() {
        handOut();
        chunkScheduler.staff.forEach(ChunkSchedulerHarness.Staff::receive);
        chunkScheduler.staff.forEach(ChunkSchedulerHarness.Staff::step);
    }

    @Test
    void workersAreHiredAndDismissedInParts() {
        assertThat(chunkScheduler.staff).hasSize(1);
        chunkScheduler.resize(WORKERS);
        assertThat(chunkScheduler.staff).as("some of them at once").hasSizeBetween(2, 200);
        assertThat(chunkScheduler.chunkScheduler.workers()).isEqualTo(WORKERS);
        assertThat(goOn(() -> chunkScheduler.staff.size(), 200)).isGreaterThan(WORKERS / 200);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        chunkScheduler.resize(1);
        assertThat(goOn(() -> chunkScheduler.chunkScheduler.slots().size(), 200))
                .isGreaterThan(WORKERS / 200);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(1);
        assertThat(chunkScheduler.staff.stream().filter(each -> each.alive)).hasSize(1);
    }

    @Test
    void aCrewEndsInParts() {
        hire();
        chunkScheduler.chunkScheduler.end();
        assertThat(chunkScheduler.chunkScheduler.hasEnded()).isFalse();
        assertThat(goOn(() -> chunkScheduler.chunkScheduler.slots().size(), 200))
                .isGreaterThan(WORKERS / 200);
        assertThat(chunkScheduler.chunkScheduler.hasEnded()).isTrue();
        assertThat(chunkScheduler.staff).noneMatch(each -> each.alive);
    }

    @Test
    void firstJobsAreHandedOutInParts() {
        hire();
        long room = chunkScheduler.chunkScheduler.wanted() - chunkScheduler.credited;
        assertThat(room).isGreaterThan(100);
        chunkScheduler.grant(1, (int) room, WORKERS);
        assertThat(busy()).as("for each a thread may have to be started").isLessThanOrEqualTo(20);
        goOn(this::busy, 20);
        assertThat(busy()).isEqualTo(room);
    }

    @Test
    void aBatchIsStoppedInParts() {
        occupy();
        long told = chunkScheduler.staff.stream().filter(each -> each.told).count();
        assertThat(told).isZero();
        chunkScheduler.cancelBatch(1);
        assertThat(goOn(
                        () -> chunkScheduler.staff.stream()
                                .filter(each -> each.told)
                                .count(),
                        MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(chunkScheduler.staff).allMatch(each -> each.told);
    }

    /** It comes back from chunks that have not been stopped yet. */
    @Test
    void whatIsTakenBackWhileABatchIsBeingStoppedIsStopped() {
        ChunkSchedulerHarness pairs = new ChunkSchedulerHarness(8, settings -> settings.withChunkMaxJobs(2), 200);
        pairs.grant(9, 1, 0);
        pairs.settleDown(); // jobs are known to be cheap, so that a chunk has more than one
        pairs.grant(1, 16, 0);
        while (pairs.goOn()) {
            pairs.staff.forEach(ChunkSchedulerHarness.Staff::receive);
        }
        pairs.staff.forEach(ChunkSchedulerHarness.Staff::receive);
        pairs.staff.forEach(ChunkSchedulerHarness.Staff::step);
        int begun = pairs.started.size();
        assertThat(begun).isLessThan(pairs.granted.size());
        pairs.cancelBatch(1);
        assertThat(pairs.staff).as("who runs a job of it").anyMatch(each -> each.isBusy() && !each.told);
        pairs.resize(7);
        pairs.settleDown();
        assertThat(pairs.started).as("none has begun since").hasSize(begun);
        assertThat(pairs.outcomes).hasSameSizeAs(pairs.granted);
    }

    @Test
    void everythingIsStoppedInParts() {
        occupy();
        chunkScheduler.cancelEverything();
        assertThat(goOn(
                        () -> chunkScheduler.staff.stream()
                                .filter(each -> each.told)
                                .count(),
                        MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(chunkScheduler.staff).allMatch(each -> each.told);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        assertThat(chunkScheduler.outcomes.values()).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
    }

    @Test
    void aPauseThatEndsAtOnceStillGivesEverythingBack() {
        hire();
        chunkScheduler.grant(
                1, (int) (chunkScheduler.chunkScheduler.wanted() - chunkScheduler.credited), WORKERS); // nobody begins
        goOn(this::busy, MOST);
        long out = busy();
        chunkScheduler.pause();
        chunkScheduler.resume();
        chunkScheduler.paused = true; // for the harness: nothing is to begin before it has come back
        goOn(chunkScheduler.returned::jobs, MOST);
        assertThat(chunkScheduler.returned.jobs()).isEqualTo(out);
        assertThat(busy()).isZero();
        chunkScheduler.paused = false;
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).hasSameSizeAs(chunkScheduler.granted);
    }

    @Test
    void jobsThatTakeTooLongAreStoppedInParts() {
        chunkScheduler.policies.put(
                1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false, 1, 0, 1));
        occupy();
        chunkScheduler.pass(TIMEOUT.toNanos());
        assertThat(goOn(
                        () -> chunkScheduler.staff.stream()
                                .filter(each -> each.told)
                                .count(),
                        MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(chunkScheduler.staff).allMatch(each -> each.told);
    }

    private long alive() {
        return chunkScheduler.staff.stream().filter(each -> each.alive).count();
    }

    @Test
    void aCrewThatShrinksWhileItIsHiredHiresNobodyElse() {
        chunkScheduler.resize(WORKERS);
        chunkScheduler.goOn();
        int hired = chunkScheduler.staff.size();
        chunkScheduler.resize(10);
        goOn(this::alive, 200);
        assertThat(chunkScheduler.staff)
                .as("those who were there, and nobody else")
                .hasSize(hired);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(10).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(10);
        chunkScheduler.resize(WORKERS);
        chunkScheduler.resize(20);
        chunkScheduler.resize(WORKERS);
        goOn(this::alive, 200);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(WORKERS);
    }

    @Test
    void aCrewThatGrowsWhileItShrinksKeepsWhoHasNotLeftYet() {
        hire();
        chunkScheduler.resize(10);
        chunkScheduler.goOn();
        long left = WORKERS - alive();
        assertThat(left).isPositive();
        chunkScheduler.resize(WORKERS);
        goOn(this::alive, 200);
        assertThat(chunkScheduler.staff).hasSize(WORKERS + (int) left);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        assertThat(chunkScheduler.chunkScheduler.slots())
                .extracting(slot -> slot.index)
                .isSorted();
    }

    @Test
    void aCrewThatEndsWhileItIsHiredHiresNobodyElse() {
        chunkScheduler.resize(WORKERS);
        int hired = chunkScheduler.staff.size();
        chunkScheduler.chunkScheduler.end();
        chunkScheduler.resize(WORKERS); // too late
        goOn(this::alive, 200);
        assertThat(chunkScheduler.chunkScheduler.hasEnded()).isTrue();
        assertThat(chunkScheduler.staff).hasSize(hired).noneMatch(each -> each.alive);
    }

    @Test
    void whoRetiresLaterMayRunSomethingButNoMoreRunThanThereAreToBeWorkers() {
        hire();
        chunkScheduler.resize(2);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSizeGreaterThan(1_000);
        chunkScheduler.grant(1, 10, 0);
        assertThat(busy()).isEqualTo(2);
        chunkScheduler.settleDown(); // which checks it for each that starts
        assertThat(chunkScheduler.started).hasSize(10);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(2).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(2);
    }

    @Test
    void aWorkerWhoseActorStopsWhileItIsToRetireLeaves() {
        hire();
        chunkScheduler.resize(1);
        chunkScheduler.kill(chunkScheduler.chunkScheduler.slots().size() - 1);
        chunkScheduler.grant(1, 1, 0);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(1);
        assertThat(alive()).isEqualTo(1);
    }

    /** Each worker has been given a job, and has not begun it. */
    private void handOut() {
        hire();
        while (busy() < WORKERS) {
            long room = chunkScheduler.chunkScheduler.wanted() - chunkScheduler.credited;
            if (room > 0) {
                chunkScheduler.grant(1, (int) room, 0);
            }
            goOn(this::busy, MOST);
        }
    }

    @Test
    void jobsOfABatchThatIsBeingStoppedAreNotHandedOutAgainWhenTheyAreTakenBack() {
        handOut();
        chunkScheduler.cancelBatch(1);
        assertThat(chunkScheduler.outcomes).hasSizeBetween(1, WORKERS / 2);
        chunkScheduler.resize(WORKERS / 2); // takes all of them back
        chunkScheduler.kill(0);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).isEmpty();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        assertThat(chunkScheduler.outcomes.values()).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
        chunkScheduler.grant(2, 1, 0);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).containsExactly("2:0");
    }

    @Test
    void jobsThatAreTakenBackAfterEverythingWasStoppedAreNotHandedOutAgain() {
        handOut();
        chunkScheduler.cancelEverything();
        assertThat(chunkScheduler.outcomes).hasSizeBetween(1, WORKERS / 2);
        chunkScheduler.resize(WORKERS / 2);
        chunkScheduler.kill(0);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).isEmpty();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
    }

    @Test
    void aJobIsCancelledThatHasMovedWhileItsBatchIsBeingStopped() {
        handOut();
        chunkScheduler.cancelBatch(1);
        int last = chunkScheduler.grantedOf(1) - 1;
        assertThat(chunkScheduler.outcomes).doesNotContainKey("1:" + last);
        chunkScheduler.resize(WORKERS / 2);
        chunkScheduler.cancelJob(1, last);
        assertThat(chunkScheduler.outcomes).containsKey("1:" + last);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.started).isEmpty();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
    }

    @Test
    void handlersAreAbandonedWhileTheirBatchIsBeingStopped() {
        occupy();
        chunkScheduler.cancelBatch(1);
        long told = chunkScheduler.staff.stream().filter(each -> each.told).count();
        assertThat(told).isBetween(1L, WORKERS / 2L);
        chunkScheduler.pass(ChunkSchedulerHarness.GRACE_NS); // of those that are told
        goOn(() -> chunkScheduler.replaced + chunkScheduler.held, MOST);
        assertThat(chunkScheduler.replaced + chunkScheduler.held).isGreaterThanOrEqualTo((int) told);
        chunkScheduler.resize(WORKERS / 2);
        chunkScheduler.settleDownButForTheStubborn();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.chunkScheduler.abandoned()).isZero();
        assertThat(chunkScheduler.chunkScheduler.slots()).hasSize(WORKERS / 2).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(WORKERS / 2);
    }
}
