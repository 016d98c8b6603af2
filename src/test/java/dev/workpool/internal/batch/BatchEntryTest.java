package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.PagedList;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchEntryTest {
    private static final int PAGE = 32_768;
    private static final JobPolicy RETRIES =
            JobPolicy.of(WorkerPoolSettings.create(ConfigFactory.load(), "p").withRetry(RetryPolicy.attempts(2)));

    private static BatchEntry<Integer, String> entry(int jobs, JobPolicy policy, BatchOptions options) {
        BatchSubmission<Integer, String> submission = new BatchSubmission<>(
                PagedList.copyOf(IntStream.range(0, jobs).boxed().toList()),
                options,
                BatchReceiver.of(null, Runnable::run, result -> {}));
        return new BatchEntry<>(new Slice.BatchRef<>(1, null, policy), submission, new BatchLedger<>(submission));
    }

    private static BatchEntry<Integer, String> entry(int jobs) {
        return entry(jobs, JobPolicy.NONE, BatchOptions.defaults());
    }

    private static List<Object> jobs(Slice<String> slice) {
        return IntStream.range(slice.from(), slice.to())
                .mapToObj(i -> slice.jobs()[i])
                .toList();
    }

    @Test
    void handsOutItsJobsInOrder() {
        BatchEntry<Integer, String> entry = entry(5);
        assertThat(entry.fresh()).isEqualTo(5);
        assertThat(jobs(entry.take(2))).containsExactly(0, 1);
        Slice<String> rest = entry.take(Integer.MAX_VALUE);
        assertThat(jobs(rest)).containsExactly(2, 3, 4);
        assertThat(rest.first()).isEqualTo(2);
        assertThat(rest.attempt()).isEqualTo(1);
        assertThat(entry.fresh()).isZero();
    }

    @Test
    void aSliceEndsWithItsPage() {
        BatchEntry<Integer, String> entry = entry(PAGE + 2);
        assertThat(entry.take(PAGE - 1).size()).isEqualTo(PAGE - 1);
        assertThat(jobs(entry.take(10))).containsExactly(PAGE - 1);
        assertThat(jobs(entry.take(10))).containsExactly(PAGE, PAGE + 1);
    }

    @Test
    void aJobIsHandedOutAgainForAnotherAttempt() {
        BatchEntry<Integer, String> entry = entry(PAGE + 2, RETRIES, BatchOptions.defaults());
        while (entry.fresh() > 0) {
            entry.take(Integer.MAX_VALUE);
        }
        Slice<String> again = entry.again(PAGE + 1, 3);
        assertThat(jobs(again)).containsExactly(PAGE + 1);
        assertThat(again.first()).isEqualTo(PAGE + 1);
        assertThat(again.attempt()).isEqualTo(3);
        assertThat(jobs(entry.again(7, 2))).containsExactly(7);
    }

    @Test
    void whatIsWithheldIsNotHandedOutUntilItIsReleased() {
        BatchEntry<Integer, String> entry = entry(6);
        entry.take(1);
        entry.withhold();
        assertThat(entry.fresh()).isZero();
        assertThat(entry.withheld()).isEqualTo(5);
        entry.release(2);
        assertThat(entry.withheld()).isEqualTo(3);
        assertThat(jobs(entry.take(9))).containsExactly(1, 2);
        assertThat(entry.fresh()).isZero();
        entry.release(Integer.MAX_VALUE);
        assertThat(jobs(entry.take(9))).containsExactly(3, 4, 5);
        assertThat(entry.withheld()).isZero();
    }

    @Test
    void whatIsWithheldIsCancelledWithTheRestIfTheCollectorIsGone() {
        BatchEntry<Integer, String> entry = entry(6);
        entry.take(2);
        entry.withhold();
        assertThat(entry.settleAll()).isEqualTo(new BatchProgress(6, 0, 0, 0, 6, 0));
    }

    @Test
    void isCompleteWithItsLastOutcome() {
        BatchEntry<Integer, String> entry = entry(2);
        assertThat(entry.isComplete()).isFalse();
        entry.progress = new BatchProgress(2, 1, 0, 0, 0, 0);
        assertThat(entry.isComplete()).isFalse();
        entry.progress = new BatchProgress(2, 1, 0, 0, 0, 1);
        assertThat(entry.isComplete()).isTrue();
    }

    @Test
    void isToHaltOnceAndAsItsOptionsSay() {
        BatchEntry<Integer, String> entry = entry(
                9,
                JobPolicy.NONE,
                BatchOptions.defaults().withHalt(HaltPolicy.soon().failed(2)));
        entry.progress = new BatchProgress(9, 3, 1, 0, 0, 0);
        assertThat(entry.isToHalt()).isFalse();
        entry.progress = new BatchProgress(9, 3, 2, 0, 0, 0);
        assertThat(entry.isToHalt()).isTrue();
        entry.stopped = StopReason.CANCELLED;
        assertThat(entry.isToHalt()).as("it is stopped").isFalse();
    }
}
