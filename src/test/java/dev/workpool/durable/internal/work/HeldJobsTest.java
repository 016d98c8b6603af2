package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling.Retry;
import dev.workpool.durable.internal.work.Piece.Ended;
import dev.workpool.job.Outcome;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of the jobs of a held segment: pieces collect their outcomes, settlers sort them, lanes take turns. */
class HeldJobsTest {
    private static final long FIRST = 100;
    private static final long LEASE_NS = 3_600_000_000_000L;

    private static Held<String> held(KeptOutcomes kept, int jobs, int attempts, int lane, long token) {
        SegmentRow.Origin origin = new SegmentRow.Origin(1, lane, 0, kept, 1, 1, FIRST);
        return new Held<>(
                new SegmentRow(origin, JobSet.range(FIRST, jobs), null, attempts, 0, 0, false, token),
                new byte[0],
                System.nanoTime(),
                LEASE_NS,
                true,
                System.nanoTime());
    }

    @Test
    void aJobThatIsCancelledWhileItIsClaimedIsCancelled() {
        CancelledJobs<String> cancelled = new CancelledJobs<>();
        Held<String> held = held(KeptOutcomes.ALL);
        cancelled.hear(held.claimed.batch(), FIRST + 2, List.of());
        assertThat(held.isCancelled(FIRST + 2)).as("nobody knows of it yet").isFalse();
        cancelled.hold(held);
        assertThat(held.isCancelled(FIRST + 2)).isTrue();
        assertThat(held.isCancelled(FIRST + 1)).isFalse();
    }

    /** Others may begin its jobs when the lease is over: they are to be stopped by then. */
    @Test
    void itsJobsAreStoppedBeforeTheLeaseIsOver() {
        long now = System.nanoTime();
        Held<String> held = held(KeptOutcomes.ALL);
        assertThat(held.isOverdue(now + LEASE_NS / 2)).isFalse();
        assertThat(held.isOverdue(now + LEASE_NS)).isTrue();
        held.renewed(now + LEASE_NS);
        assertThat(held.isOverdue(now + LEASE_NS * 3 / 2)).isFalse();
        assertThat(held.isOverdue(now + 2 * LEASE_NS)).isTrue();
    }

    private static Held<String> held(KeptOutcomes kept) {
        return held(kept, 5, 0, -1, 9);
    }

    private static JobBlock block() {
        JobBlock.Writer writer = new JobBlock.Writer();
        for (int i = 0; i < 5; i++) {
            writer.add(new byte[] {(byte) i});
        }
        return JobBlock.read(writer.toBytes(Integer.MAX_VALUE));
    }

    private static Settler settler(int attempts, boolean isTransactional, boolean canHalt) {
        RetryPolicy policy = RetryPolicy.attempts(attempts)
                .withFixedBackoff(Duration.ofSeconds(5))
                .withJitter(false);
        JobCodec<?> strings = JobCodec.strings();
        @SuppressWarnings("unchecked") // results are strings here
        JobCodec<Object> codec = (JobCodec<Object>) strings;
        return new Settler(new RetryPlan(policy, false), Optional.of(codec), isTransactional, canHalt);
    }

    private static List<Ended> oneOfEach() {
        return List.of(
                new Ended(100, new Outcome.Succeeded<>("fine", 1)),
                new Ended(101, new Outcome.Failed<>(new IllegalStateException("bad"), 1)),
                new Ended(102, new Outcome.TimedOut<>(Duration.ofSeconds(3), 1)),
                new Ended(103, new Outcome.Cancelled<>(1)),
                new Ended(104, new Outcome.Rejected<>("full")));
    }

    // Settler

    @Test
    void withoutRetriesWhatFailsIsDeadAndWhatWasNotRunIsReleased() {
        Part part = settler(1, false, false).part(held(KeptOutcomes.FAILURES), block(), oneOfEach(), 50);
        assertThat(part.jobs()).isEqualTo(JobSet.range(FIRST, 5));
        assertThat(part.counts()).isEqualTo(new OutcomeCounts(1, 1, 1, 0));
        assertThat(part.lowest()).isEqualTo(FIRST);
        assertThat(part.outcomes().stream().map(StoredOutcome::index)).containsExactly(101L, 102L);
        assertThat(part.dead())
                .hasSize(2)
                .allSatisfy(dead -> assertThat(dead.job())
                        .containsExactly((int) (dead.outcome().index() - FIRST)));
        assertThat(part.released()).containsExactly(JobSet.range(103, 2));
        assertThat(part.releasedInMs()).isEqualTo(50);
        assertThat(part.retries()).isEmpty();
        assertThat(part.hasHalted()).isFalse();
    }

    @Test
    void allOutcomesAreKeptWithTheirResultsIfAsked() {
        Part part = settler(1, false, false).part(held(KeptOutcomes.ALL), block(), oneOfEach(), 0);
        assertThat(part.outcomes().stream().map(StoredOutcome::index)).containsExactly(100L, 101L, 102L);
        assertThat(part.outcomes().get(0).value()).isEqualTo("fine".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void failuresAreTriedAgainTogetherAfterTheirWait() {
        Held<String> tried = held(KeptOutcomes.FAILURES, 5, 2, -1, 9);
        List<Ended> ended = List.of(
                new Ended(104, new Outcome.Failed<>(new IllegalStateException(), 1)),
                new Ended(100, new Outcome.Failed<>(new IllegalStateException(), 1)));
        Part part = settler(4, false, false).part(tried, block(), ended, 0);
        assertThat(part.retries()).hasSize(1);
        Retry retry = part.retries().get(0);
        assertThat(retry.jobs().indices()).containsExactly(100, 104);
        assertThat(retry.attempts()).as("with those in other processes").isEqualTo(3);
        assertThat(retry.delayMs()).isEqualTo(5_000);
        assertThat(part.counts().total()).isZero();
        assertThat(part.dead()).isEmpty();
    }

    @Test
    void afterItsLastAttemptAJobIsDead() {
        Held<String> tried = held(KeptOutcomes.FAILURES, 5, 3, -1, 9);
        List<Ended> ended = List.of(new Ended(101, new Outcome.Failed<>(new IllegalStateException(), 1)));
        Part part = settler(4, false, false).part(tried, block(), ended, 0);
        assertThat(part.retries()).isEmpty();
        assertThat(part.dead().get(0).outcome().attempts()).isEqualTo(4);
    }

    @Test
    void cancelledJobsOfACancelledBatchAreOver() {
        Held<String> cancelled = held(KeptOutcomes.FAILURES);
        cancelled.cancel();
        Part part = settler(3, false, false).part(cancelled, block(), oneOfEach(), 0);
        assertThat(part.counts()).isEqualTo(new OutcomeCounts(1, 1, 1, 1));
        assertThat(part.retries()).as("of a cancelled batch").isEmpty();
        assertThat(part.released()).containsExactly(JobSet.range(104, 1));
        assertThat(part.hasHalted()).isFalse();
    }

    @Test
    void jobsThatThePoolHasCancelledByItselfHaltTheBatch() {
        List<Ended> ended = List.of(new Ended(103, new Outcome.Cancelled<>(0)));
        Part part = settler(1, false, true).part(held(KeptOutcomes.FAILURES), block(), ended, 0);
        assertThat(part.hasHalted()).isTrue();
        assertThat(part.counts().cancelled()).isEqualTo(1);

        Held<String> givenBack = held(KeptOutcomes.FAILURES);
        givenBack.giveBackUnstarted();
        Part released = settler(1, false, true).part(givenBack, block(), ended, 0);
        assertThat(released.hasHalted()).isFalse();
        assertThat(released.released()).containsExactly(JobSet.range(103, 1));
    }

    @Test
    void aResultThatCannotBeEncodedIsAFailureThatIsNotTriedAgain() {
        List<Ended> ended = List.of(new Ended(100, new Outcome.Succeeded<>("\uD800", 1)));
        Part part = settler(5, false, false).part(held(KeptOutcomes.ALL), block(), ended, 0);
        assertThat(part.counts()).isEqualTo(new OutcomeCounts(0, 1, 0, 0));
        assertThat(part.retries()).isEmpty();
        assertThat(part.dead().get(0).outcome().error()).hasMessageContaining("its result cannot be encoded");
    }

    @Test
    void aJobThatIsTakenBackAfterFailedAttemptsIsTriedAgainAsOftenAsIsLeft() {
        Held<String> held = held(KeptOutcomes.FAILURES, 5, 1, -1, 9);
        List<Ended> ended =
                List.of(new Ended(101, new Outcome.Cancelled<>(1), 1), new Ended(102, new Outcome.Cancelled<>(0), 0));
        held.giveBackUnstarted();
        Part part = settler(4, false, true).part(held, block(), ended, 0);
        assertThat(part.retries()).containsExactly(new Retry(JobSet.range(101, 1), 2, 5_000, List.of()));
        assertThat(part.released()).containsExactly(JobSet.range(102, 1));
        assertThat(part.hasHalted()).isFalse();

        Part ofThePoolsPolicy = settler(1, false, true).part(held, block(), ended, 0);
        assertThat(ofThePoolsPolicy.retries()).isEmpty();
        assertThat(ofThePoolsPolicy.released()).containsExactly(JobSet.range(101, 2));
    }

    // Piece

    @Test
    void anAttemptThatIsStoppedHasNotFailed() {
        Piece<String> piece = new Piece<>(
                held(KeptOutcomes.NONE),
                new long[] {100, 101, 102},
                List.of("a", "b", "c"),
                new PermitCheck(null, new Throttle(4, true, () -> 0)),
                () -> {});
        piece.cancel(102);
        piece.cancelUnstarted();
        piece.ended("a", new Outcome.Cancelled<>(2));
        assertThat(piece.takeEnded()).containsExactly(new Ended(100, new Outcome.Cancelled<>(2), 2));
        piece.cancel();
        piece.ended("b", new Outcome.Cancelled<>(2));
        piece.ended("c", new Outcome.Cancelled<>(2));
        assertThat(piece.takeEnded())
                .containsExactly(
                        new Ended(101, new Outcome.Cancelled<>(2), 1), new Ended(102, new Outcome.Cancelled<>(2), 0));
    }

    @Test
    void aPieceGivesEachOutcomeOnceAlsoOfEqualJobs() {
        String job = "same";
        Piece<String> piece = new Piece<>(
                held(KeptOutcomes.NONE),
                new long[] {100, 101, 102},
                List.of(job, job, job),
                new PermitCheck(null, new Throttle(4, true, () -> 0)),
                () -> {});
        piece.ended(job, new Outcome.Succeeded<>(1, 1));
        assertThat(piece.hasEnded()).isTrue();
        assertThat(piece.takeEnded().stream().map(Ended::number)).containsExactly(100L);
        assertThat(piece.takeEnded()).isEmpty();
        piece.ended(job, new Outcome.Succeeded<>(2, 1));
        List<Outcome<Integer>> all =
                List.of(new Outcome.Succeeded<>(1, 1), new Outcome.Succeeded<>(2, 1), new Outcome.Succeeded<>(3, 1));
        assertThat(piece.takeRest(all).stream().map(Ended::number)).containsExactly(101L);
        assertThat(piece.missing()).containsExactly(102L);
    }

    @Test
    void aPieceOfWhichNothingWasTakenGivesAllInOrder() {
        Piece<String> piece = new Piece<>(
                held(KeptOutcomes.NONE),
                new long[] {100, 103},
                List.of("a", "b"),
                new PermitCheck(null, new Throttle(4, true, () -> 0)),
                () -> {});
        List<Outcome<Integer>> all = List.of(new Outcome.Succeeded<>(1, 1), new Outcome.Cancelled<>(0));
        assertThat(piece.takeRest(all)).containsExactly(new Ended(100, all.get(0)), new Ended(103, all.get(1)));
        assertThat(piece.missing()).isEmpty();
    }

    @Test
    void aPieceThatIsCancelledBeforeItIsSubmittedIsCancelledThen() {
        List<String> told = new ArrayList<>();
        Piece<String> piece = new Piece<>(
                held(KeptOutcomes.NONE),
                new long[] {100},
                List.of("a"),
                new PermitCheck(null, new Throttle(4, true, () -> 0)),
                () -> {});
        piece.cancelUnstarted();
        piece.started(() -> told.add("all"), () -> told.add("unstarted"), place -> told.add("job " + place));
        assertThat(told).containsExactly("unstarted");
        piece.cancel();
        assertThat(told).containsExactly("unstarted", "all");
    }

    // Lanes

    @Test
    void segmentsOfALaneRunOneAfterAnotherAndOthersBesideThem() {
        List<Held<String>> fed = new ArrayList<>();
        LaneTurns<String> turns = new LaneTurns<>(fed::add);
        Held<String> first = held(KeptOutcomes.NONE, 5, 0, 3, 1);
        Held<String> second = held(KeptOutcomes.NONE, 5, 0, 3, 1);
        Held<String> ofAnother = held(KeptOutcomes.NONE, 5, 0, 4, 2);
        Held<String> ofNone = held(KeptOutcomes.NONE, 5, 0, -1, 3);
        List.of(first, second, ofAnother, ofNone).forEach(turns::add);
        assertThat(fed).containsExactly(first, ofAnother, ofNone);
        turns.ended(second);
        turns.ended(ofNone);
        assertThat(fed).hasSize(3);
        turns.ended(first);
        assertThat(fed).containsExactly(first, ofAnother, ofNone, second);
        turns.ended(second);
        turns.add(first);
        assertThat(fed).hasSize(5);
    }

    @Test
    void whatIsBehindJobsThatWereGivenBackIsGivenBackToo() {
        LaneTurns<String> turns = new LaneTurns<>(segment -> {});
        Held<String> first = held(KeptOutcomes.NONE, 5, 0, 3, 1);
        Held<String> second = held(KeptOutcomes.NONE, 5, 0, 3, 1);
        Held<String> ofAnother = held(KeptOutcomes.NONE, 5, 0, 4, 2);
        List.of(first, second, ofAnother).forEach(turns::add);
        turns.gaveBack(first);
        assertThat(second.givesBack).isTrue();
        assertThat(ofAnother.givesBack).isFalse();
    }

    // Which jobs may begin

    @Test
    void noJobBeginsWhenTheLeaseIsNearlyOver() {
        Held<String> held = held(KeptOutcomes.ALL);
        assertThat(held.startCheck.getAsBoolean()).isTrue();
        long overdueNs = System.nanoTime() - LEASE_NS * 5 / 6;
        held.renewed(overdueNs);
        assertThat(held.isOverdue(System.nanoTime())).isTrue();
        assertThat(held.startCheck.getAsBoolean()).isFalse();
        held.renewed(System.nanoTime());
        assertThat(held.startCheck.getAsBoolean()).isTrue();
    }

    @Test
    void noJobBeginsOnceItsBatchIsCancelledOrItIsGivenBack() {
        Held<String> cancelled = held(KeptOutcomes.ALL);
        cancelled.cancel();
        assertThat(cancelled.startCheck.getAsBoolean()).isFalse();
        Held<String> stopped = held(KeptOutcomes.ALL);
        stopped.stopAndGiveBack();
        stopped.renewed(System.nanoTime());
        assertThat(stopped.startCheck.getAsBoolean()).isFalse();
    }

    @Test
    void aLeaseThatNobodyCanTakeDoesNotRunOut() {
        StartCheck check = new StartCheck(false, System.nanoTime() - 1);
        assertThat(check.getAsBoolean()).isTrue();
        check.revoke();
        assertThat(check.getAsBoolean()).isFalse();
    }

    /** Else a halt policy would be taken to have ended the batch for good. */
    @Test
    void aJobThatWasKeptFromBeginningIsForOthersAlsoWhereAPolicyMayHaltTheBatch() {
        Held<String> held = held(KeptOutcomes.ALL);
        held.renewed(System.nanoTime() - LEASE_NS);
        assertThat(held.startCheck.getAsBoolean()).isFalse();
        Part part = settler(1, false, true).part(held, block(), List.of(new Ended(100, new Outcome.Cancelled<>(0))), 0);
        assertThat(part.hasHalted()).isFalse();
        assertThat(part.released()).containsExactly(JobSet.range(100, 1));
    }

    // Cancelled batches

    /** The claim was under way when it was told, and had not seen it. */
    @Test
    void whatIsClaimedOfABatchThatWasHeardToBeCancelledIsCancelled() {
        CancelledBatches<String> cancelled = new CancelledBatches<>(null, false, batches -> {}, confirmed -> {});
        Held<String> before = held(KeptOutcomes.ALL);
        cancelled.hold(before);
        assertThat(before.isCancelled).isFalse();
        cancelled.hear(1, List.of(before));
        Held<String> after = held(KeptOutcomes.ALL);
        cancelled.hold(after);
        assertThat(List.of(before.isCancelled, after.isCancelled)).containsOnly(true);
        assertThat(after.startCheck.getAsBoolean()).isFalse();
    }
}
