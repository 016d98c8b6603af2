package dev.workpool.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What {@link BatchResult#values} says about a batch of which not every job succeeded. */
class BatchResultTest {
    private static final Outcome<String> GOOD = new Outcome.Succeeded<>("good", 1);
    private static final Outcome<String> CANCELLED = new Outcome.Cancelled<>(0);
    private static final Outcome<String> LATE = new Outcome.TimedOut<>(Duration.ofSeconds(3), 1);
    private static final Outcome<String> REFUSED = new Outcome.Rejected<>("the queue is full; submit it in parts");

    private static Outcome<String> failed(Throwable error) {
        return new Outcome.Failed<>(error, 1);
    }

    private static BatchFailedException failureOf(List<Outcome<String>> outcomes) {
        BatchResult<String> result = BatchResult.of(outcomes);
        return catchThrowableOfType(BatchFailedException.class, result::values);
    }

    @Test
    void theCauseIsTheErrorOfTheFirstJobThatFailed() {
        IOException error = new IOException("no such luck");
        assertThat(failureOf(List.of(GOOD, failed(error), LATE, REFUSED)))
                .hasCause(error)
                .hasMessage("3 of 4 jobs did not succeed: 1 failed, 1 timed out, 0 cancelled, 1 rejected; the first, at"
                        + " index 1: java.io.IOException: no such luck")
                .hasNoSuppressedExceptions();
    }

    @Test
    void theReasonOfARejectionIsNamed() {
        assertThat(failureOf(List.of(REFUSED, CANCELLED)))
                .hasCauseInstanceOf(RejectedExecutionException.class)
                .hasRootCauseMessage("the queue is full; submit it in parts")
                .hasMessageEndingWith("; the first, at index 0: the queue is full; submit it in parts");
    }

    @Test
    void aTimeOutIsNamed() {
        assertThat(failureOf(List.of(GOOD, GOOD, LATE, CANCELLED)))
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageEndingWith("; the first, at index 2: the job took longer than PT3S");
    }

    @Test
    void aCancellationIsNamedWhateverComesAfterIt() {
        IOException error = new IOException("later");
        assertThat(failureOf(List.of(CANCELLED, failed(error))))
                .hasCauseInstanceOf(CancellationException.class)
                .hasMessageEndingWith("; the first, at index 0: the job was cancelled")
                .hasSuppressedException(error);
    }

    @Test
    void sixteenFurtherErrorsAreSuppressedAndTheRestIsCounted() {
        List<Outcome<String>> outcomes = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            outcomes.add(i % 2 == 0 ? GOOD : failed(new IOException("number " + i)));
        }
        BatchFailedException failure = failureOf(outcomes);
        assertThat(failure)
                .hasRootCauseMessage("number 1")
                .hasMessageEndingWith("number 1; 2483 more failures are not among the suppressed exceptions");
        assertThat(failure.getSuppressed())
                .hasSize(16)
                .extracting(Throwable::getMessage)
                .startsWith("number 3", "number 5")
                .endsWith("number 33");
    }

    @Test
    void anErrorThatManyJobsShareIsTakenInOnce() {
        IOException shared = new IOException("shared");
        IOException other = new IOException("other");
        List<Outcome<String>> outcomes = new ArrayList<>(Collections.nCopies(100, failed(shared)));
        outcomes.add(failed(other));
        BatchFailedException failure = failureOf(outcomes);
        assertThat(failure).hasCause(shared).hasMessageEndingWith("shared");
        assertThat(failure.getSuppressed()).containsExactly(other);
    }

    @Test
    void anErrorThatCannotBePrintedIsNamedByItsClass() {
        RuntimeException unprintable = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("not even this");
            }
        };
        assertThat(failureOf(List.of(failed(unprintable))))
                .isInstanceOf(BatchFailedException.class)
                .hasMessageEndingWith(unprintable.getClass().getName());
    }

    // With the jobs

    /** Of which nobody knows how many there are. */
    private static Iterable<String> uncounted(List<String> jobs) {
        return () -> new ArrayList<>(jobs).iterator();
    }

    private static final List<String> JOBS = List.of("a", "b", "c");

    private static final BatchResult<Integer> OF_THREE = BatchResult.of(
            List.of(new Outcome.Succeeded<>(1, 1), new Outcome.Cancelled<>(0), new Outcome.Rejected<>("no")));

    @Test
    void isWalkedWithTheJobsInInputOrder() {
        List<String> walked = new ArrayList<>();
        OF_THREE.forEach(JOBS, (job, outcome) -> walked.add(job + " " + outcome.attempts()));
        assertThat(walked).containsExactly("a 1", "b 0", "c 0");
        walked.clear();
        Iterable<String> uncounted = uncounted(JOBS);
        OF_THREE.forEach(uncounted, (job, outcome) -> walked.add(job + " " + outcome.isSuccess()));
        assertThat(walked).containsExactly("a true", "b false", "c false");
    }

    @Test
    void entriesAreAViewOfJobsAndOutcomes() {
        List<BatchResult.Entry<String, Integer>> entries = OF_THREE.entries(JOBS);
        assertThat(entries)
                .containsExactly(
                        new BatchResult.Entry<>("a", new Outcome.Succeeded<>(1, 1)),
                        new BatchResult.Entry<>("b", new Outcome.Cancelled<>(0)),
                        new BatchResult.Entry<>("c", new Outcome.Rejected<>("no")));
        assertThatThrownBy(() -> entries.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(BatchResult.<Integer>of(List.of()).entries(List.of())).isEmpty();
    }

    @Test
    void otherJobsThanThoseThatWereSubmittedAreNoticedByTheirNumber() {
        List<String> walked = new ArrayList<>();
        for (List<String> others : List.of(List.of("a", "b"), List.of("a", "b", "c", "d"))) {
            String count =
                    "jobs = " + others.size() + "; allowed: the 3 that were submitted, since each has an outcome";
            assertThatThrownBy(() -> OF_THREE.forEach(others, (job, outcome) -> walked.add(job)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(count);
            assertThatThrownBy(() -> OF_THREE.entries(others))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(count);
            assertThat(walked).isEmpty();
            Iterable<String> uncounted = uncounted(others);
            assertThatThrownBy(() -> OF_THREE.forEach(uncounted, (job, outcome) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("allowed: the 3 that were submitted");
        }
    }
}
