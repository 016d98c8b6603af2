package dev.workpool.internal.collector;

import static dev.workpool.internal.collector.RetryLedgerTest.fail;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.RetryLedgerTest.Final;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What becomes of a job that has failed for good, and whose errors are being linked elsewhere. */
class RetryLedgerLinkingTest {

    /** A ledger one of whose jobs has failed for good, and whose errors nobody has linked. */
    private static RetryLedger<String> linking(Final last, long job, List<Long> links) {
        RetryLedger<String> ledger = new RetryLedger<>(
                last,
                RetryPolicy.attempts(2).retryOn(Throwable.class),
                new Random(1),
                (index, next, delay, error) -> {},
                (index, error, earlier) -> links.add(index));
        fail(ledger, job, 1, new IOException("first"));
        fail(ledger, job, 2, new IOException("second"));
        assertThat(links).containsExactly(job);
        assertThat(ledger.isLinking()).isTrue();
        assertThat(last.outcomes).isEmpty();
        return ledger;
    }

    @Test
    void aJobWhoseErrorsAreBeingLinkedIsNotOpenAndHasNoOutcome() {
        Final last = new Final();
        List<Long> links = new ArrayList<>();
        RetryLedger<String> ledger = linking(last, 7, links);
        assertThat(ledger.isOpen(7)).isFalse();
        assertThat(ledger.progress().total()).isZero();
        fail(ledger, 7, 2, new IOException("second, told again"));
        fail(ledger, 7, 1, new IOException("first, told again"));
        ledger.giveUp(7);
        assertThat(links).hasSize(1);
        ledger.settle(5, 4, new Outcome.Cancelled<>(2));
        assertThat(last.outcomes.keySet()).containsExactlyInAnyOrder(5L, 6L, 8L);
        ledger.linked(7);
        assertThat(last.outcomes.get(7L)).isInstanceOf(Outcome.Failed.class);
        ledger.linked(7);
        assertThat(ledger.isLinking()).isFalse();
    }

    @Test
    void whatIsBeingLinkedIsSettledAsItEndedWhenThatIsNotWaitedFor() {
        Final last = new Final();
        RetryLedger<String> ledger = linking(last, 7, new ArrayList<>());
        ledger.settleLinking();
        assertThat(last.outcomes.get(7L)).isInstanceOf(Outcome.Failed.class);
        assertThat(ledger.isLinking()).isFalse();
        ledger.linked(7);
        assertThat(last.outcomes).hasSize(1);
    }

    @Test
    void whatWasBeingLinkedWhenSomebodyLookedLastIsNotWaitedFor() {
        Final last = new Final();
        List<Long> links = new ArrayList<>();
        RetryLedger<String> ledger = linking(last, 7, links);
        ledger.settleOverdue();
        assertThat(last.outcomes).isEmpty();
        fail(ledger, 8, 1, new IOException("first"));
        fail(ledger, 8, 2, new IOException("second"));
        ledger.settleOverdue();
        assertThat(last.outcomes.keySet()).containsExactly(7L);
        ledger.linked(8);
        ledger.settleOverdue();
        assertThat(last.outcomes.keySet()).containsExactlyInAnyOrder(7L, 8L);
    }
}
