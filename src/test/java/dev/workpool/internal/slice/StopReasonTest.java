package dev.workpool.internal.slice;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.internal.collector.Collector;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class StopReasonTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final StopReason late = StopReason.timedOut(TIMEOUT);
    private final TestInbox<Collector.Command<String>> collector = TestInbox.create();
    private final Slice<String> secondAttempt = new Slice<>(
            new Slice.BatchRef<>(1, collector.getRef(), JobPolicy.NONE), 10, new Object[] {"a", "b", "c"}, 1, 3, 2);

    @Test
    void jobsThatAreStoppedAreCancelledOrOutOfTime() {
        assertThat(StopReason.CANCELLED.after(2)).isEqualTo(new Outcome.Cancelled<>(2));
        assertThat(late.after(2)).isEqualTo(new Outcome.TimedOut<>(TIMEOUT, 2));
    }

    @Test
    void anAttemptThatHasNotBegunDoesNotCount() {
        assertThat(StopReason.CANCELLED.ofUnstarted(secondAttempt)).isEqualTo(new Outcome.Cancelled<>(1));
        assertThat(late.ofUnstarted(secondAttempt)).isEqualTo(new Outcome.TimedOut<>(TIMEOUT, 1));
    }

    @Test
    void aStreamThatWasCutShortByItsTimeIsToldSo() {
        assertThat(StopReason.CANCELLED.problem())
                .as("somebody wanted it to be")
                .isNull();
        assertThat(late.problem())
                .isInstanceOf(TimeoutException.class)
                .hasMessage("the stream took longer than PT3S; not all of its input was taken");
    }

    @Test
    void theCollectorSettlesExactlyTheJobsOfTheSlice() {
        StopReason.CANCELLED.settle(secondAttempt);
        collector.expectMessage(new Collector.Settle<>(11, 2, new Outcome.Cancelled<>(1)));
        assertThat(collector.hasMessages()).isFalse();
    }
}
