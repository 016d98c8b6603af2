package dev.workpool.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.Leftover;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class EndingTest {
    private final Job job = new Job(Input.of("x"), 0);

    @Test
    void everyOutcomeHasItsKindAndItsWords() {
        assertThat(of(new Outcome.Succeeded<>(null, 1))).isEqualTo("succeeded: ");
        assertThat(of(new Outcome.Failed<>(new JobFailure("exit status 1"), 1))).isEqualTo("failed: exit status 1");
        assertThat(of(new Outcome.TimedOut<>(Duration.ofMillis(1500), 1)))
                .isEqualTo("timed-out: timed out after 1.5 s");
        assertThat(of(new Outcome.Cancelled<>(1))).isEqualTo("cancelled: cancelled");
        assertThat(of(new Outcome.Rejected<>("closed"))).isEqualTo("rejected: not accepted by the pool: closed");
    }

    @Test
    void aHandlerMaySayThatItsJobIsCancelled() {
        assertThat(of(new Outcome.Failed<>(new CancellationException("halted"), 1)))
                .isEqualTo("cancelled: cancelled");
    }

    @Test
    void soIsOneThatWasToBeTriedAgain() {
        job.cutShort();
        assertThat(of(new Outcome.Failed<>(new JobFailure("exit status 1"), 1))).isEqualTo("cancelled: cancelled");
    }

    @Test
    void everyKindIsInTheSumAndOnlySuccessIsSuccess() {
        for (Ending.Kind kind : Ending.Kind.values()) {
            Tally tally = new Tally();
            tally.add(kind);
            boolean success = kind == Ending.Kind.SUCCEEDED;
            boolean cancelled = kind == Ending.Kind.CANCELLED;
            assertThat(tally.allSucceeded()).isEqualTo(success);
            boolean timedOut = kind == Ending.Kind.TIMED_OUT;
            assertThat(tally.sum(0))
                    .isEqualTo("%d succeeded, %d failed, %s%d cancelled, 1 total in 0.000 s"
                            .formatted(
                                    success ? 1 : 0,
                                    success || cancelled || timedOut ? 0 : 1,
                                    timedOut ? "1 timed out, " : "",
                                    cancelled ? 1 : 0));
        }
    }

    @Test
    void whatTheLastAttemptLeftIsShownUnlessTheJobWasCancelled() throws JobFailure {
        Leftover shown = new Leftover();
        for (Outcome<Result> outcome : List.of(
                new Outcome.Succeeded<Result>(null, 1),
                new Outcome.Failed<Result>(new JobFailure("exit status 1"), 1),
                new Outcome.TimedOut<Result>(Duration.ofSeconds(1), 1))) {
            assertThat(Ending.of(jobThatLeft(shown), outcome).result()).isSameAs(shown);
        }
        assertThat(shown.isClosed()).isFalse();

        Leftover dropped = new Leftover();
        assertThat(Ending.of(jobThatLeft(dropped), new Outcome.Cancelled<>(1)).result())
                .isNull();
        assertThat(dropped.isClosed()).isTrue();
    }

    private static Job jobThatLeft(Leftover left) throws JobFailure {
        Job tried = new Job(Input.of("x"), 0);
        tried.begin().leave(left);
        return tried;
    }

    private String of(Outcome<Result> outcome) {
        Ending ending = Ending.of(job, outcome);
        return ending.kind() + ": " + ending.message();
    }
}
