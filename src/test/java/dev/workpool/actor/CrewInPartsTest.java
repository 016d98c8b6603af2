package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Outcome;
import dev.workpool.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** How much a router does upon one message, where there is much to do. What may come in between is in {@link CrewPropertyTest}. */
class CrewInPartsTest {
    private static final int WORKERS = 2_000;

    private static final Duration TIMEOUT = Duration.ofMillis(3);

    /** No step takes less than a tenth of what it costs, so this is a bound for how much of anything. */
    private static final int MOST = Steps.OF_A_MESSAGE / 4;

    private final CrewHarness crew = new CrewHarness(1, settings -> settings.withChunkMaxJobs(1), Steps.OF_A_MESSAGE);

    /** Goes on until all is done, a message at a time; gives how many it took. */
    private int goOn(LongSupplier count, int mostAtATime) {
        int messages = 0;
        long before = count.getAsLong();
        boolean any = true;
        while (any) {
            any = crew.goOn();
            messages++;
            long now = count.getAsLong();
            assertThat(Math.abs(now - before)).isLessThanOrEqualTo(mostAtATime);
            before = now;
        }
        return messages;
    }

    private long busy() {
        return crew.crew.slots().stream().filter(slot -> !slot.out.isEmpty()).count();
    }

    private void hire() {
        crew.resize(WORKERS);
        goOn(() -> crew.staff.size(), 200);
    }

    /** Each worker runs a job. */
    private void occupy() {
        handOut();
        crew.staff.forEach(CrewHarness.Staff::receive);
        crew.staff.forEach(CrewHarness.Staff::step);
    }

    @Test
    void workersAreHiredAndDismissedInParts() {
        assertThat(crew.staff).hasSize(1);
        crew.resize(WORKERS);
        assertThat(crew.staff).as("some of them at once").hasSizeBetween(2, 200);
        assertThat(crew.crew.workers()).isEqualTo(WORKERS);
        assertThat(goOn(() -> crew.staff.size(), 200)).isGreaterThan(WORKERS / 200);
        assertThat(crew.crew.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        crew.resize(1);
        assertThat(goOn(() -> crew.crew.slots().size(), 200)).isGreaterThan(WORKERS / 200);
        assertThat(crew.crew.slots()).hasSize(1);
        assertThat(crew.staff.stream().filter(each -> each.alive)).hasSize(1);
    }

    @Test
    void aCrewEndsInParts() {
        hire();
        crew.crew.end();
        assertThat(crew.crew.hasEnded()).isFalse();
        assertThat(goOn(() -> crew.crew.slots().size(), 200)).isGreaterThan(WORKERS / 200);
        assertThat(crew.crew.hasEnded()).isTrue();
        assertThat(crew.staff).noneMatch(each -> each.alive);
    }

    @Test
    void firstJobsAreHandedOutInParts() {
        hire();
        long room = crew.crew.wanted() - crew.credited;
        assertThat(room).isGreaterThan(100);
        crew.grant(1, (int) room, WORKERS);
        assertThat(busy()).as("for each a thread may have to be started").isLessThanOrEqualTo(20);
        goOn(this::busy, 20);
        assertThat(busy()).isEqualTo(room);
    }

    @Test
    void aBatchIsStoppedInParts() {
        occupy();
        long told = crew.staff.stream().filter(each -> each.told).count();
        assertThat(told).isZero();
        crew.cancelBatch(1);
        assertThat(goOn(() -> crew.staff.stream().filter(each -> each.told).count(), MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(crew.staff).allMatch(each -> each.told);
    }

    @Test
    void everythingIsStoppedInParts() {
        occupy();
        crew.cancelEverything();
        assertThat(goOn(() -> crew.staff.stream().filter(each -> each.told).count(), MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(crew.staff).allMatch(each -> each.told);
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        assertThat(crew.outcomes.values()).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
    }

    @Test
    void aPauseThatEndsAtOnceStillGivesEverythingBack() {
        hire();
        crew.grant(1, (int) (crew.crew.wanted() - crew.credited), WORKERS); // nobody begins
        goOn(this::busy, MOST);
        long out = busy();
        crew.pause();
        crew.resume();
        crew.paused = true; // for the harness: nothing is to begin before it has come back
        goOn(crew.returned::jobs, MOST);
        assertThat(crew.returned.jobs()).isEqualTo(out);
        assertThat(busy()).isZero();
        crew.paused = false;
        crew.settleDown();
        assertThat(crew.started).hasSameSizeAs(crew.granted);
    }

    @Test
    void jobsThatTakeTooLongAreStoppedInParts() {
        crew.policies.put(1L, new JobPolicy(Optional.of(TIMEOUT), RetryPolicy.never(), Optional.empty(), false, false));
        occupy();
        crew.pass(TIMEOUT.toNanos());
        assertThat(goOn(() -> crew.staff.stream().filter(each -> each.told).count(), MOST))
                .isGreaterThan(WORKERS / MOST);
        assertThat(crew.staff).allMatch(each -> each.told);
    }

    private long alive() {
        return crew.staff.stream().filter(each -> each.alive).count();
    }

    @Test
    void aCrewThatShrinksWhileItIsHiredHiresNobodyElse() {
        crew.resize(WORKERS);
        crew.goOn();
        int hired = crew.staff.size();
        crew.resize(10);
        goOn(this::alive, 200);
        assertThat(crew.staff).as("those who were there, and nobody else").hasSize(hired);
        assertThat(crew.crew.slots()).hasSize(10).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(10);
        crew.resize(WORKERS);
        crew.resize(20);
        crew.resize(WORKERS);
        goOn(this::alive, 200);
        assertThat(crew.crew.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(WORKERS);
    }

    @Test
    void aCrewThatGrowsWhileItShrinksKeepsWhoHasNotLeftYet() {
        hire();
        crew.resize(10);
        crew.goOn();
        long left = WORKERS - alive();
        assertThat(left).isPositive();
        crew.resize(WORKERS);
        goOn(this::alive, 200);
        assertThat(crew.staff).hasSize(WORKERS + (int) left);
        assertThat(crew.crew.slots()).hasSize(WORKERS).allMatch(Slot::isIdle);
        assertThat(crew.crew.slots()).extracting(slot -> slot.index).isSorted();
    }

    @Test
    void aCrewThatEndsWhileItIsHiredHiresNobodyElse() {
        crew.resize(WORKERS);
        int hired = crew.staff.size();
        crew.crew.end();
        crew.resize(WORKERS); // too late
        goOn(this::alive, 200);
        assertThat(crew.crew.hasEnded()).isTrue();
        assertThat(crew.staff).hasSize(hired).noneMatch(each -> each.alive);
    }

    @Test
    void whoRetiresLaterMayRunSomethingButNoMoreRunThanThereAreToBeWorkers() {
        hire();
        crew.resize(2);
        assertThat(crew.crew.slots()).hasSizeGreaterThan(1_000);
        crew.grant(1, 10, 0);
        assertThat(busy()).isEqualTo(2);
        crew.settleDown(); // which checks it for each that starts
        assertThat(crew.started).hasSize(10);
        assertThat(crew.crew.slots()).hasSize(2).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(2);
    }

    @Test
    void aWorkerWhoseActorStopsWhileItIsToRetireLeaves() {
        hire();
        crew.resize(1);
        crew.kill(crew.crew.slots().size() - 1);
        crew.grant(1, 1, 0);
        crew.settleDown();
        assertThat(crew.started).hasSize(1);
        assertThat(crew.crew.slots()).hasSize(1);
        assertThat(alive()).isEqualTo(1);
    }

    /** Each worker has been given a job, and has not begun it. */
    private void handOut() {
        hire();
        while (busy() < WORKERS) {
            long room = crew.crew.wanted() - crew.credited;
            if (room > 0) {
                crew.grant(1, (int) room, 0);
            }
            goOn(this::busy, MOST);
        }
    }

    @Test
    void jobsOfABatchThatIsBeingStoppedAreNotHandedOutAgainWhenTheyAreTakenBack() {
        handOut();
        crew.cancelBatch(1);
        assertThat(crew.outcomes).hasSizeBetween(1, WORKERS / 2);
        crew.resize(WORKERS / 2); // takes all of them back
        crew.kill(0);
        crew.settleDown();
        assertThat(crew.started).isEmpty();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        assertThat(crew.outcomes.values()).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
        crew.grant(2, 1, 0);
        crew.settleDown();
        assertThat(crew.started).containsExactly("2:0");
    }

    @Test
    void jobsThatAreTakenBackAfterEverythingWasStoppedAreNotHandedOutAgain() {
        handOut();
        crew.cancelEverything();
        assertThat(crew.outcomes).hasSizeBetween(1, WORKERS / 2);
        crew.resize(WORKERS / 2);
        crew.kill(0);
        crew.settleDown();
        assertThat(crew.started).isEmpty();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
    }

    @Test
    void aJobIsCancelledThatHasMovedWhileItsBatchIsBeingStopped() {
        handOut();
        crew.cancelBatch(1);
        int last = crew.grantedOf(1) - 1;
        assertThat(crew.outcomes).doesNotContainKey("1:" + last);
        crew.resize(WORKERS / 2);
        crew.cancelJob(1, last);
        assertThat(crew.outcomes).containsKey("1:" + last);
        crew.settleDown();
        assertThat(crew.started).isEmpty();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
    }

    @Test
    void handlersAreAbandonedWhileTheirBatchIsBeingStopped() {
        occupy();
        crew.cancelBatch(1);
        long told = crew.staff.stream().filter(each -> each.told).count();
        assertThat(told).isBetween(1L, WORKERS / 2L);
        crew.pass(CrewHarness.GRACE_NS); // of those that are told
        goOn(() -> crew.replaced + crew.held, MOST);
        assertThat(crew.replaced + crew.held).isGreaterThanOrEqualTo((int) told);
        crew.resize(WORKERS / 2);
        crew.settleDownButForTheStubborn();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
        crew.settleDown();
        assertThat(crew.crew.abandoned()).isZero();
        assertThat(crew.crew.slots()).hasSize(WORKERS / 2).allMatch(Slot::isIdle);
        assertThat(alive()).isEqualTo(WORKERS / 2);
    }
}
