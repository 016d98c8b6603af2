package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BatchSubmissionTest {
    private static final Request.Closed CLOSED =
            new Request.Closed("the pool is closed", new PoolStats("p", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    private static final Outcome<String> REJECTED = new Outcome.Rejected<>("the pool is closed");

    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final List<BatchResult<String>> results = new ArrayList<>();

    private BatchSubmission<Integer, String> submission(Integer... jobs) {
        PagedList<Integer> list = PagedList.copyOf(List.of(jobs));
        return new BatchSubmission<>(
                list,
                BatchOptions.defaults(),
                BatchReceiver.of(
                        new ConsumerCalls<>(
                                (job, outcome) ->
                                        told.add(job + " " + outcome.getClass().getSimpleName()),
                                list,
                                Contexts.NONE,
                                "p",
                                Label.ofBatch("")),
                        callbacks::add,
                        result -> {
                            told.add("result");
                            results.add(result);
                        }));
    }

    private void runCallbacks() {
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
    }

    @Test
    void aBatchThatIsRefusedTellsItsConsumerOfEachJobAndThenTheResult() {
        BatchSubmission<Integer, String> submission = submission(1, 2);
        assertThat(submission.isRejected()).isFalse();
        submission.refuse(CLOSED);
        assertThat(submission.isRejected()).isTrue();
        assertThat(submission.progress()).isEqualTo(new BatchProgress(2, 0, 0, 0, 0, 2));
        assertThat(told).as("not on the thread that refuses").isEmpty();
        runCallbacks();
        assertThat(told).containsExactly("1 Rejected", "2 Rejected", "result");
        assertThat(results.get(0).outcomes()).containsExactly(REJECTED, REJECTED);
    }

    /** Whoever has just submitted it may ask. */
    @Test
    void thatABatchIsRefusedIsKnownBeforeAnybodyIsTold() {
        BatchSubmission<Integer, String> submission = submission(1, 2);
        submission.refusing();
        assertThat(submission.isRejected()).isTrue();
        assertThat(submission.progress().rejected()).isEqualTo(2);
        assertThat(callbacks).isEmpty();
    }

    @Test
    void anEmptyBatchIsCompleteAsItComes() {
        submission().completeEmpty();
        runCallbacks();
        assertThat(told).containsExactly("result");
        assertThat(results.get(0).outcomes()).isEmpty();
    }

    @Test
    void whatIsPublishedIsTheProgress() {
        BatchSubmission<Integer, String> submission = submission(1, 2);
        assertThat(submission.progress()).isEqualTo(new BatchProgress(2, 0, 0, 0, 0, 0));
        BatchProgress half = new BatchProgress(2, 1, 0, 0, 0, 0);
        submission.publish(half);
        assertThat(submission.progress()).isSameAs(half);
    }
}
