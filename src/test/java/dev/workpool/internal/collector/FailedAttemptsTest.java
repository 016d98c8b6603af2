package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
    private final FailedAttempts<String> attempts = new FailedAttempts<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private final Exception last = new Exception("the last");

    private void fail(int count) {
        for (int i = 0; i < count; i++) {
            thrown.add(new Exception("attempt " + (thrown.size() + 1)));
            attempts.add(new Outcome.Failed<>(thrown.get(thrown.size() - 1), thrown.size()));
        }
    }

    private List<String> suppressed() {
        attempts.suppressIn(last);
        return Arrays.stream(last.getSuppressed()).map(Throwable::getMessage).toList();
    }

    @Test
    void theErrorsOfFewAttemptsAreAllSuppressedTheLatestFirst() {
        fail(3);
        assertThat(attempts.errors()).isEqualTo(thrown);
        assertThat(suppressed()).containsExactly("attempt 3", "attempt 2", "attempt 1");
    }

    @Test
    void ofManyTheFirstAndTheLastFifteenAreKept() {
        fail(40);
        List<Throwable> kept = new ArrayList<>(thrown.subList(25, 40));
        kept.add(0, thrown.get(0));
        assertThat(attempts.errors()).isEqualTo(kept);
        assertThat(suppressed())
                .hasSize(17)
                .startsWith("attempt 40", "attempt 39")
                .endsWith("attempt 26", "attempts 2 to 25 failed as well; their 24 errors were not kept", "attempt 1");
    }

    @Test
    void sixteenAreAllKeptAndOfSeventeenOneIsMissing() {
        fail(16);
        assertThat(attempts.errors()).isEqualTo(thrown);
        fail(1);
        assertThat(suppressed())
                .containsSequence("attempt 3", "attempt 2 failed as well; its error was not kept", "attempt 1")
                .hasSize(17);
    }

    @Test
    void whatIsMissingHasNoStackToRead() {
        fail(17);
        attempts.suppressIn(last);
        assertThat(last.getSuppressed()[15])
                .isInstanceOf(FailedAttempts.OmittedAttempts.class)
                .hasNoSuppressedExceptions()
                .matches(omitted -> omitted.getStackTrace().length == 0);
    }

    @Test
    void nothingIsMissingOfAHandlerThatThrowsTheSameErrorEachTime() {
        IntStream.rangeClosed(1, 40).forEach(attempt -> attempts.add(new Outcome.Failed<>(last, attempt)));
        assertThat(suppressed()).isEmpty();
    }

    @Test
    void aTimeOutIsSuppressedByAnErrorThatTellsOfIt() {
        fail(1);
        attempts.add(new Outcome.TimedOut<>(Duration.ofMillis(7), 2));
        assertThat(attempts.errors()).as("what handlers threw").isEqualTo(thrown);
        attempts.suppressIn(last);
        assertThat(last.getSuppressed()[0])
                .isInstanceOf(TimeoutException.class)
                .hasMessage("attempt 2 took longer than PT0.007S");
        assertThat(last.getSuppressed()[1]).isSameAs(thrown.get(0));
    }

    @Test
    void anErrorThatSuppressesTooManyGetsNoMore() {
        for (int i = 0; i < 99; i++) {
            last.addSuppressed(new Exception("of the handler"));
        }
        fail(3);
        assertThat(suppressed()).hasSize(100).endsWith("attempt 3");
    }

    @Test
    void theLastIsTheLatestAndCanBeTakenOut() {
        fail(2);
        assertThat(attempts.last().attempts()).isEqualTo(2);
        assertThat(attempts.removeLast().attempts()).isEqualTo(2);
        assertThat(attempts.last().attempts()).isEqualTo(1);
        assertThat(attempts.errors()).containsExactly(thrown.get(0));
    }
}
