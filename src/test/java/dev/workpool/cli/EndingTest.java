package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class EndingTest {
    private final Job job = new Job(0, Input.of("x"));

    @Test
    void theErrorOfAFutureTellsTheOutcome() {
        assertThat(kindOf(null)).isEqualTo("succeeded");
        assertThat(kindOf(new JobFailure("exit status 1"))).isEqualTo("failed");
        assertThat(kindOf(new TimeoutException("too long"))).isEqualTo("timed-out");
        assertThat(kindOf(new CancellationException())).isEqualTo("cancelled");
        assertThat(kindOf(new RejectedExecutionException("closed"))).isEqualTo("rejected");
        assertThat(kindOf(new CompletionException(new TimeoutException("too long"))))
                .isEqualTo("timed-out");
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
        assertThat(endingAfter(null).result()).isNotNull();
        assertThat(endingAfter(new JobFailure("exit status 1")).result()).isNotNull();
        assertThat(endingAfter(new TimeoutException("too long")).result()).isNotNull();
        assertThat(endingAfter(new CancellationException()).result()).isNull();
    }

    private static Ending endingAfter(Throwable error) throws JobFailure {
        Job tried = new Job(0, Input.of("x"));
        tried.begin().leave(new Leftover());
        return Ending.of(tried, null, error);
    }

    private String kindOf(Throwable error) {
        return Ending.of(job, null, error).kind().toString();
    }
}
