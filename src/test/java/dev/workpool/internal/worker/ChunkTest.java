package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.Verdict;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every transition of a chunk's word, step by step, but for interrupts, which are {@link ChunkInterruptTest}'s; what happens between the steps is {@link
 * ChunkStressTest}'s.
 */
class ChunkTest {
    static Chunk<Integer, String> chunk(int jobs) {
        return new Chunk<>(IntStream.range(0, jobs).boxed().toArray(), 0, jobs);
    }

    static Outcome<String> ok(int position) {
        return new Outcome.Succeeded<>("result " + position, 1);
    }

    static Outcome<String> stopped() {
        return new Outcome.Cancelled<>(1);
    }

    static void run(Chunk<Integer, String> chunk, int position) {
        assertThat(chunk.claim()).isEqualTo(position);
        chunk.succeed(position, "result " + position);
    }

    /** A chunk whose only job runs and was stopped. */
    static Chunk<Integer, String> stoppedChunk() {
        Chunk<Integer, String> chunk = chunk(2);
        assertThat(chunk.claim()).isZero();
        chunk.recall(0);
        assertThat(chunk.stop(0, stopped())).isTrue();
        return chunk;
    }

    private static void assertState(Chunk<?, ?> chunk, int claimed, int unstarted, int end, int running) {
        assertThat(chunk.claimed()).as("claimed").isEqualTo(claimed);
        assertThat(chunk.unstarted()).as("unstarted").isEqualTo(unstarted);
        assertThat(chunk.end()).as("end").isEqualTo(end);
        assertThat(chunk.running()).as("running").isEqualTo(running);
    }

    // Claiming

    @Test
    void startsWithNothingClaimedAndNothingRunning() {
        assertState(chunk(3), 0, 3, 3, -1);
    }

    @Test
    void claimsEachJobOnceInOrderAndThenNoMore() {
        Chunk<Integer, String> chunk = chunk(2);
        assertThat(chunk.claim()).isEqualTo(0);
        assertState(chunk, 1, 1, 2, 0);
        assertThat(chunk.claim()).isEqualTo(1);
        assertState(chunk, 2, 0, 2, 1);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertState(chunk, 2, 0, 2, -1);
    }

    /** Asked of each job right when it is claimed, and of none before. */
    @Test
    void aJobThatMayNotBeginIsPassedOverAndCancelledWithoutAnAttempt() {
        boolean[] may = {false, true, false, false};
        int[] asked = {0};
        JobPolicy policy = JobPolicy.of(
                WorkerPoolSettings.create(ConfigFactory.load(), "p"),
                BatchOptions.defaults().withStartCheck(attempt -> may[asked[0]++]),
                false,
                0);
        Chunk<Integer, String> chunk = new Chunk<>(
                new Slice<>(new Slice.BatchRef<>(1, null, policy), 0, new Object[] {0, 1, 2, 3}, 0, 4, 3), null);
        assertThat(asked[0]).isZero();
        run(chunk, 1);
        assertThat(asked[0]).isEqualTo(2);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(asked[0]).isEqualTo(4);
        Outcomes<String> outcomes = chunk.outcomes();
        assertThat(outcomes.get(0)).isEqualTo(new Outcome.Cancelled<>(2));
        assertThat(outcomes.get(1)).isEqualTo(new Outcome.Succeeded<>("result 1", 3));
        assertThat(outcomes.get(2)).isEqualTo(new Outcome.Cancelled<>(2));
        assertThat(outcomes.get(3)).isEqualTo(new Outcome.Cancelled<>(2));
    }

    @Test
    void showsTheJobsOfItsRangeOnly() {
        Chunk<String, String> chunk = new Chunk<>(new Object[] {"a", "b", "c", "d"}, 1, 3);
        assertThat(chunk.end()).isEqualTo(2);
        assertThat(chunk.job(chunk.claim())).isEqualTo("b");
        assertThat(chunk.job(chunk.claim())).isEqualTo("c");
        assertThat(chunk.claim()).isEqualTo(-1);
    }

    @Test
    void hasAllOutcomesOnceItIsFinished() {
        Chunk<Integer, String> chunk = chunk(2);
        run(chunk, 0);
        run(chunk, 1);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.outcomes()).containsExactly(ok(0), ok(1));
        assertThat(chunk.harvest()).containsExactly(ok(0), ok(1));
    }

    // Recalling

    @Test
    void givesAllBackBeforeTheFirstClaim() {
        Chunk<Integer, String> chunk = chunk(3);
        assertThat(chunk.recall(0)).isZero();
        assertState(chunk, 0, 0, 0, -1);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertState(chunk, 0, 0, 0, -1);
        assertThat(chunk.harvest()).isEmpty();
    }

    @Test
    void givesTheUnclaimedBackWhileAJobRuns() {
        Chunk<Integer, String> chunk = chunk(5);
        run(chunk, 0);
        run(chunk, 1);
        assertThat(chunk.recall(0)).isEqualTo(2);
        assertState(chunk, 2, 0, 2, 1);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertState(chunk, 2, 0, 2, -1);
    }

    @Test
    void keepsThePositionsBelowTheGivenOne() {
        Chunk<Integer, String> chunk = chunk(5);
        assertThat(chunk.recall(3)).isEqualTo(3);
        assertState(chunk, 0, 3, 3, -1);
        run(chunk, 0);
        run(chunk, 1);
        run(chunk, 2);
        assertThat(chunk.claim()).isEqualTo(-1);
    }

    @Test
    void givesNothingBackAboveItsEnd() {
        Chunk<Integer, String> chunk = chunk(3);
        assertThat(chunk.recall(3)).isEqualTo(3);
        assertThat(chunk.recall(7)).isEqualTo(3);
        assertState(chunk, 0, 3, 3, -1);
    }

    @Test
    void givesNothingBackTwice() {
        Chunk<Integer, String> chunk = chunk(4);
        assertThat(chunk.recall(2)).isEqualTo(2);
        assertThat(chunk.recall(2)).isEqualTo(2);
        assertThat(chunk.recall(1)).isEqualTo(1);
        assertThat(chunk.recall(3)).isEqualTo(1);
        assertState(chunk, 0, 1, 1, -1);
    }

    @Test
    void givesNothingBackOnceItIsFinished() {
        Chunk<Integer, String> chunk = chunk(1);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.recall(0)).isEqualTo(1);
        assertState(chunk, 1, 0, 1, -1);
    }

    @Test
    void recallsAroundAJobThatIsStopped() {
        Chunk<Integer, String> chunk = chunk(4);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(1);
        assertThat(chunk.recall(0)).isEqualTo(2);
        assertThat(chunk.stop(1, stopped())).isTrue();
        assertThat(chunk.recall(0)).isEqualTo(2);
        assertThat(chunk.isStopped(1)).as("the signal survives the recall").isTrue();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).containsExactly(ok(0), stopped());
    }

    // Stopping

    @Test
    void stopsNothingBeforeTheFirstClaim() {
        Chunk<Integer, String> chunk = chunk(2);
        assertThat(chunk.stop(0, stopped())).isFalse();
        run(chunk, 0);
        assertThat(chunk.harvest()).isEmpty();
        run(chunk, 1);
        assertThat(chunk.harvest()).containsExactly(ok(0));
    }

    @Test
    void stopsOnlyTheJobThatRuns() {
        Chunk<Integer, String> chunk = chunk(3);
        run(chunk, 0);
        run(chunk, 1);
        assertThat(chunk.stop(0, stopped())).as("has ended").isFalse();
        assertThat(chunk.stop(2, stopped())).as("has not begun").isFalse();
        assertThat(chunk.isStopped(1)).isFalse();
        assertThat(chunk.isLeaving()).isFalse();
        assertThat(chunk.harvest()).containsExactly(ok(0));
    }

    @Test
    void stopsNothingThatOthersFollow() {
        Chunk<Integer, String> chunk = chunk(2);
        assertThat(chunk.claim()).isZero();
        assertThatThrownBy(() -> chunk.stop(0, stopped())).isInstanceOf(IllegalStateException.class);
        assertThat(chunk.isStopped(0)).isFalse();
        chunk.recall(0);
        assertThat(chunk.stop(0, stopped())).isTrue();
    }

    @Test
    void stopsNothingOnceItIsFinished() {
        Chunk<Integer, String> chunk = chunk(1);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.stop(0, stopped())).isFalse();
        assertThat(chunk.outcomes()).containsExactly(ok(0));
    }

    @Test
    void decidesAStoppedJobsOutcomeWhateverTheHandlerDoes() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThat(chunk.isStopped(0)).isTrue();
        assertThat(chunk.isLeaving()).isTrue();
        assertState(chunk, 1, 0, 1, 0);
        chunk.succeed(0, "result " + 0);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.isStopped(0)).isFalse();
        assertThat(chunk.isLeaving()).isFalse();
        assertState(chunk, 1, 0, 1, -1);
        assertThat(chunk.outcomes()).containsExactly(stopped());
        assertThat(chunk.harvest()).containsExactly(stopped());
    }

    @Test
    void knowsWhetherTheTimeOfTheJobThatRunsIsOver() {
        Duration timeout = Duration.ofSeconds(1);
        JobPolicy policy =
                new JobPolicy(Optional.of(timeout), RetryPolicy.never(), Optional.empty(), false, false, 1, 0, 1);
        long[] nowNs = {5};
        Slice.BatchRef<String> batch = new Slice.BatchRef<>(1, null, policy);
        Chunk<Integer, String> chunk = new Chunk<>(Slices.slice(batch, 0, 2), () -> nowNs[0]);
        IllegalStateException error = new IllegalStateException("failed");
        chunk.claim();
        assertThat(chunk.timedOut(0, error)).isNull();
        nowNs[0] += timeout.toNanos();
        assertThat(chunk.timedOut(0, null)).isNull(); // it has succeeded before anybody noticed
        assertThat(chunk.timedOut(0, error)).isEqualTo(timeout);
        chunk.claim();
        assertThat(chunk.timedOut(1, error)).isNull();
        assertThat(chunk.stop(1, new Outcome.TimedOut<>(timeout, 1))).isTrue();
        assertThat(chunk.timedOut(1, error)).isEqualTo(timeout);
        assertThat(chunk.timedOut(1, null)).isEqualTo(timeout);
    }

    @Test
    void seesNoEndOfTimeWhereAJobWasCancelled() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThat(chunk.timedOut(0, new IllegalStateException("failed"))).isNull();
        assertThat(chunk.timedOut(0, null)).isNull();
    }

    @Test
    void stopsAJobOnce() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThat(chunk.stop(0, new Outcome.Cancelled<>(7))).isFalse();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.stop(0, new Outcome.Cancelled<>(7))).isFalse();
        assertThat(chunk.claim()).as("however often it is asked").isEqualTo(-1);
        assertThat(chunk.outcomes()).containsExactly(stopped());
    }

    // Harvesting

    @Test
    void harvestsWhatHasEndedWhileTheNextRuns() {
        Chunk<Integer, String> chunk = chunk(3);
        assertThat(chunk.harvest()).isEmpty();
        run(chunk, 0);
        assertThat(chunk.harvest()).as("the first has not ended").isEmpty();
        run(chunk, 1);
        assertThat(chunk.harvest()).containsExactly(ok(0));
        run(chunk, 2);
        assertThat(chunk.harvest()).containsExactly(ok(0), ok(1));
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).containsExactly(ok(0), ok(1), ok(2));
    }

    @Test
    void harvestsNoStoppedJobThatStillRuns() {
        Chunk<Integer, String> chunk = chunk(3);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(1);
        chunk.recall(0);
        assertThat(chunk.stop(1, stopped())).isTrue();
        assertThat(chunk.harvest()).containsExactly(ok(0));
        chunk.succeed(1, "result " + 1);
        assertThat(chunk.harvest()).containsExactly(ok(0));
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).containsExactly(ok(0), stopped());
    }

    @Test
    void harvestsACopy() {
        Chunk<Integer, String> chunk = chunk(1);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).isNotSameAs(chunk.outcomes());
    }

    @Test
    void harvestsWhatIsLeftAfterARecall() {
        Chunk<Integer, String> chunk = chunk(4);
        run(chunk, 0);
        chunk.recall(0);
        assertThat(chunk.harvest()).isEmpty();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).containsExactly(ok(0));
    }

    // Conditions of retry policies

    private static Chunk<Integer, String> asking(int attempts, RetryPolicy.Condition condition) {
        JobPolicy policy = JobPolicy.ofCaller(RetryPolicy.attempts(attempts).retryIf(condition), Optional.empty());
        Object[] jobs = IntStream.range(0, 4).boxed().toArray();
        return new Chunk<>(new Slice<>(new Slice.BatchRef<>(1, null, policy), 0, jobs, 0, 4, 1), () -> 0);
    }

    @Test
    void aConditionIsAskedOnceForEachFailureAndItsVerdictGoesWithTheOutcome() {
        List<String> asked = new ArrayList<>();
        Chunk<Integer, String> chunk = asking(2, (error, attempt) -> {
            asked.add(error.getMessage() + attempt);
            return error instanceof IllegalStateException;
        });
        run(chunk, 0);
        chunk.claim();
        chunk.fail(1, new IllegalStateException("again"));
        chunk.claim();
        chunk.fail(2, new IllegalArgumentException("not again"));
        chunk.claim();
        Outcomes<String> harvested = chunk.harvest();
        chunk.succeed(3, "");
        chunk.claim();
        for (Outcomes<String> outcomes :
                List.of(harvested, chunk.outcomes(), chunk.outcomes().part(0, 3))) {
            assertThat(outcomes.verdict(0)).isNull();
            assertThat(outcomes.verdict(1)).isEqualTo(new Verdict(true, null));
            assertThat(outcomes.verdict(2)).isEqualTo(new Verdict(false, null));
        }
        assertThat(chunk.outcomes().part(1, 3).verdict(0)).isEqualTo(new Verdict(true, null));
        assertThat(chunk.outcomes().verdict(3)).isNull();
        assertThat(asked).containsExactly("again1", "not again1");
    }

    @Test
    void whatAConditionThrowsGoesWithTheOutcomeToo() {
        Error thrown = new StackOverflowError();
        Chunk<Integer, String> chunk = asking(2, (error, attempt) -> {
            throw thrown;
        });
        chunk.claim();
        chunk.fail(0, new IllegalStateException());
        chunk.claim();
        assertThat(chunk.harvest().verdict(0)).isEqualTo(new Verdict(false, thrown));
    }

    @Test
    void aConditionIsNotAskedAboutAStoppedJobNorAfterTheLastAttempt() {
        RetryPolicy.Condition never = (error, attempt) -> {
            throw new AssertionError();
        };
        Chunk<Integer, String> chunk = asking(2, never);
        chunk.claim();
        chunk.recall(0);
        assertThat(chunk.stop(0, stopped())).isTrue();
        chunk.fail(0, new IllegalStateException());
        chunk.claim();
        assertThat(chunk.outcomes()).containsExactly(stopped());
        assertThat(chunk.outcomes().verdict(0)).isNull();
        Chunk<Integer, String> last = asking(1, never);
        last.claim();
        last.fail(0, new IllegalStateException());
        last.claim();
        assertThat(last.harvest().verdict(0)).isNull();
    }
}
