package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a ledger behind a {@link RetryLedger} is told, call by call. */
class RetryLedgerForwardingTest {
    private static final Outcome<String> CANCELLED = new Outcome.Cancelled<>(1);

    /** Writes down its calls; every job is open. */
    private static final class Calls implements Ledger<String> {
        final List<String> calls = new ArrayList<>();

        @Override
        public void acknowledge(long first, Outcomes<String> outcomes) {
            List<Object> results = new ArrayList<>();
            for (int i = 0; i < outcomes.size(); i++) {
                results.add(outcomes.packedOutcome(i));
            }
            calls.add("acknowledge " + first + " " + results);
        }

        @Override
        public void settle(long first, long count, Outcome<String> outcome) {
            calls.add("settle " + first + " x" + count + " " + outcome);
        }

        @Override
        public void settleRest(Outcome<String> outcome) {
            calls.add("settleRest " + outcome);
        }

        @Override
        public void endOfInput(long total) {
            calls.add("endOfInput " + total);
        }

        @Override
        public void awaitSuccess() {
            calls.add("awaitSuccess");
        }

        @Override
        public boolean isOpen(long index) {
            return true;
        }

        @Override
        public BatchProgress progress() {
            return new BatchProgress(9, 0, 0, 0, 0, 0);
        }
    }

    private final Calls last = new Calls();
    private final List<Long> retried = new ArrayList<>();
    private final List<Long> linking = new ArrayList<>();
    private final RetryLedger<String> ledger = new RetryLedger<>(
            last,
            RetryPolicy.attempts(3),
            new Random(1),
            (index, attempt, delayNs, error) -> retried.add(index),
            (index, error, earlier) -> linking.add(index));

    private static Object failed(int attempt) {
        return PackedOutcome.of(new Outcome.Failed<>(new IllegalStateException("on purpose"), attempt));
    }

    private void acknowledge(long first, Object... packed) {
        ledger.acknowledge(first, new Outcomes<>(packed, packed.length, false));
    }

    @Test
    void whatSucceededAtOncePassesAsItCame() {
        ledger.acknowledge(7, new Outcomes<>(new Object[] {"a", "b"}, 2, true));
        acknowledge(10, "c", "d");
        assertThat(last.calls).containsExactly("acknowledge 7 [a, b]", "acknowledge 10 [c, d]");
    }

    @Test
    void whatSucceededBetweenFailuresPassesInRuns() {
        acknowledge(20, "a", "b", failed(1), "c", failed(1), failed(1), "d", "e");
        assertThat(last.calls).containsExactly("acknowledge 20 [a, b]", "acknowledge 23 [c]", "acknowledge 26 [d, e]");
        assertThat(retried).containsExactly(22L, 24L, 25L);
    }

    @Test
    void aChunkOfFailuresPassesNothing() {
        acknowledge(20, failed(1), failed(1));
        assertThat(last.calls).isEmpty();
        assertThat(retried).containsExactly(20L, 21L);
    }

    /** Whether few of the jobs that are tried again are settled, or many. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void aJobThatIsSettledMeanwhileIsNotGivenUpAsWell(int others) {
        for (int i = 0; i < others; i++) {
            acknowledge(100 + i, failed(1));
        }
        acknowledge(19, failed(1), failed(1), failed(1), failed(1));
        ledger.settle(20, 2, CANCELLED);
        assertThat(last.calls).containsExactly("settle 20 x2 " + CANCELLED);
        ledger.giveUp(20);
        ledger.giveUp(21);
        assertThat(last.calls).hasSize(1);
        assertThat(linking).isEmpty();
        ledger.giveUp(19);
        ledger.giveUp(22);
        assertThat(linking).as("those beside them").containsExactly(19L, 22L);
    }

    /** What the last attempt became is known, and only its errors are not linked yet. */
    @Test
    void whatIsDecidedAlreadyIsNotSettledOtherwise() {
        for (int job : new int[] {20, 22, 24}) {
            acknowledge(job, failed(1));
            acknowledge(job, failed(2));
            acknowledge(job, failed(3));
        }
        assertThat(linking).containsExactly(20L, 22L, 24L);
        assertThat(ledger.isOpen(22)).isFalse();
        assertThat(ledger.isOpen(21)).isTrue();
        ledger.settle(20, 6, CANCELLED);
        assertThat(last.calls)
                .containsExactly("settle 21 x1 " + CANCELLED, "settle 23 x1 " + CANCELLED, "settle 25 x1 " + CANCELLED);
    }

    @Test
    void theRestIsSettledAfterWhatWasDecided() {
        acknowledge(20, failed(1));
        acknowledge(21, failed(1));
        acknowledge(21, failed(2));
        acknowledge(21, failed(3));
        ledger.settleRest(CANCELLED);
        assertThat(last.calls).hasSize(2);
        assertThat(last.calls.get(0)).startsWith("settle 21 x1 Failed");
        assertThat(last.calls.get(1)).isEqualTo("settleRest " + CANCELLED);
        last.calls.clear();
        ledger.giveUp(20);
        ledger.linked(21);
        assertThat(last.calls).isEmpty();
    }

    @Test
    void theEndOfTheInputWhoeverWaitsAndTheCountsAreThoseOfTheLedgerBehind() {
        ledger.endOfInput(30);
        ledger.awaitSuccess();
        assertThat(last.calls).containsExactly("endOfInput 30", "awaitSuccess");
        assertThat(ledger.progress()).isEqualTo(last.progress());
    }
}
