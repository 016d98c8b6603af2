package dev.workpool.internal.slice;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobPolicyTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Outcome<Object> TIMED_OUT = new Outcome.TimedOut<>(TIMEOUT, 1);
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p")
            .withJobTimeout(TIMEOUT)
            .withRetry(RetryPolicy.attempts(3));

    @Test
    void aBatchThatSaysNothingIsRunAsThePoolsSettingsSay() {
        assertThat(JobPolicy.of(SETTINGS, BatchOptions.defaults(), false, 5)).isEqualTo(JobPolicy.of(SETTINGS));
        assertThat(JobPolicy.of(SETTINGS).timeout()).contains(TIMEOUT);
        assertThat(JobPolicy.of(SETTINGS).retry()).isEqualTo(RetryPolicy.attempts(3));
    }

    @Test
    void whatABatchSaysGoesBeforeThePoolsSettings() {
        BatchOptions options = BatchOptions.defaults()
                .withJobTimeout(Duration.ofSeconds(1))
                .withRetry(RetryPolicy.never())
                .withTimeout(TIMEOUT)
                .withPermits(3)
                .withPriority(2)
                .withWeight(5);
        assertThat(JobPolicy.of(SETTINGS, options, true, 5))
                .isEqualTo(new JobPolicy(
                        Optional.of(Duration.ofSeconds(1)),
                        RetryPolicy.never(),
                        Optional.of(new JobPolicy.Deadline(TIMEOUT, TIMEOUT.toNanos() + 5)),
                        true,
                        false,
                        3,
                        2,
                        5));
    }

    @Test
    void retriesWhereThereIsASecondAttempt() {
        assertThat(JobPolicy.of(SETTINGS).retries()).isTrue();
        assertThat(policy(RetryPolicy.attempts(2), false, false).retries()).isTrue();
        assertThat(policy(RetryPolicy.attempts(1), false, false).retries()).isFalse();
        assertThat(JobPolicy.NONE.retries()).isFalse();
    }

    private static JobPolicy policy(RetryPolicy retry, boolean keyed, boolean atRest) {
        return new JobPolicy(Optional.empty(), retry, Optional.empty(), keyed, atRest, 1, 0, 1);
    }

    /** Or it would run twice at a time, or beside another of its key. */
    @Test
    void aTimeOutIsToldAtOnceUnlessSomethingHasToWaitForTheHandler() {
        RetryPolicy ofTimeouts = RetryPolicy.attempts(2).withTimeouts(true);
        assertThat(JobPolicy.NONE.tellsAtOnce(TIMED_OUT)).isTrue();
        assertThat(policy(RetryPolicy.attempts(2).withTimeouts(false), false, false)
                        .tellsAtOnce(TIMED_OUT))
                .isTrue();
        assertThat(policy(ofTimeouts, false, false).tellsAtOnce(TIMED_OUT)).isFalse();
        assertThat(policy(ofTimeouts, false, false).tellsAtOnce(new Outcome.TimedOut<>(TIMEOUT, 2)))
                .as("the last attempt")
                .isTrue();
        assertThat(policy(RetryPolicy.never(), true, false).tellsAtOnce(TIMED_OUT))
                .isFalse();
        assertThat(policy(RetryPolicy.never(), false, true).tellsAtOnce(TIMED_OUT))
                .isFalse();
    }
}
