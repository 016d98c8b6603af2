package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.BatchOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long MS = 1_000_000;

    private final Deadlines<Integer, String> deadlines = new Deadlines<>();

    private static BatchEntry<Integer, String> batch(BatchOptions options) {
        BatchSubmission<Integer, String> submission = new BatchSubmission<>(
                PagedList.copyOf(List.of(1)), options, BatchReceiver.of(null, Runnable::run, result -> {}));
        return new BatchEntry<>(
                new Slice.BatchRef<>(1, null, JobPolicy.NONE), submission, new BatchLedger<>(submission));
    }

    private static BatchEntry<Integer, String> batch(int timeoutMs) {
        return batch(BatchOptions.defaults().withTimeout(Duration.ofMillis(timeoutMs)));
    }

    @Test
    void aBatchIsLateWhenItsTimeIsOver() {
        BatchEntry<Integer, String> batch = batch(20);
        deadlines.accepted(batch, 100);
        assertThat(deadlines.nextDueNs()).isEqualTo(100 + 20 * MS);
        assertThat(deadlines.late(99 + 20 * MS)).isNull();
        assertThat(deadlines.late(100 + 20 * MS)).isSameAs(batch);
        assertThat(deadlines.late(100 + 20 * MS)).as("until that is known").isSameAs(batch);
        deadlines.completed(batch);
        assertThat(deadlines.late(100 + 20 * MS)).isNull();
    }

    @Test
    void whicheverBatchEndsFirstIsLateFirst() {
        BatchEntry<Integer, String> first = batch(10);
        BatchEntry<Integer, String> second = batch(20);
        deadlines.accepted(second, 0);
        deadlines.accepted(first, 0);
        assertThat(deadlines.late(30 * MS)).isSameAs(first);
        deadlines.completed(first);
        assertThat(deadlines.late(30 * MS)).isSameAs(second);
    }

    @Test
    void aBatchWithoutATimeOutIsNeverLate() {
        BatchEntry<Integer, String> batch = batch(BatchOptions.defaults());
        deadlines.accepted(batch, 0);
        assertThat(deadlines.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        assertThat(deadlines.late(Long.MAX_VALUE)).isNull();
        deadlines.completed(batch); // as of any batch
    }

    @Test
    void aBatchThatIsCompleteInTimeIsNeverLate() {
        BatchEntry<Integer, String> batch = batch(10);
        deadlines.accepted(batch, 0);
        deadlines.completed(batch);
        deadlines.completed(batch);
        assertThat(deadlines.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        assertThat(deadlines.late(20 * MS)).isNull();
    }
}
