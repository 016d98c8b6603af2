package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Short waits are made in the pool, long ones in the store. */
class RetryPlanTest {
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    private static RetryPolicy fixed(int attempts, Duration wait) {
        return RetryPolicy.attempts(attempts).withFixedBackoff(wait).withJitter(false);
    }

    private static Outcome<Void> failed(int attempts) {
        return new Outcome.Failed<>(new IllegalStateException(), attempts);
    }

    private static int attemptsOf(BatchOptions options) {
        return options.retry().orElseThrow().maxAttempts();
    }

    @Test
    void shortWaitsAreThePools() {
        RetryPlan plan = new RetryPlan(fixed(5, Duration.ofSeconds(1)), false);
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 0))).isEqualTo(5);
        assertThat(plan.isTriedAgain(failed(5))).isFalse();
    }

    @Test
    void longWaitsAreTheStores() {
        RetryPlan plan = new RetryPlan(fixed(3, Duration.ofSeconds(2)), false);
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 0))).isEqualTo(1);
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 1))).isEqualTo(1);
        assertThat(plan.delayMs(1, RANDOM)).isEqualTo(2_000L);
        assertThat(plan.delayMs(2, RANDOM)).isEqualTo(2_000L);
        assertThat(plan.isTriedAgain(failed(3))).isFalse();
    }

    @Test
    void waitsThatGrowAreMadeInThePoolAsLongAsTheyAreShort() {
        RetryPolicy growing = RetryPolicy.attempts(10)
                .withExponentialBackoff(Duration.ofMillis(300), Duration.ofSeconds(10))
                .withJitter(false); // 300 and 600 ms are short, 1200 ms is not
        RetryPlan plan = new RetryPlan(growing, false);
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 0))).isEqualTo(3);
        assertThat(plan.delayMs(3, RANDOM)).isEqualTo(1_200L);
    }

    @Test
    void jobsOfAKeyWaitInThePoolHoweverLong() {
        RetryPlan plan = new RetryPlan(fixed(3, Duration.ofHours(1)), true);
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 0))).isEqualTo(3);
        assertThat(plan.isTriedAgain(failed(3))).isFalse();
    }

    /** The attempts that are left come elsewhere. */
    @Test
    void aJobOfAKeyWhosePoolWasStoppedBetweenItsAttemptsIsNotOver() {
        RetryPlan plan = new RetryPlan(fixed(3, Duration.ofHours(1)), true);
        assertThat(plan.isTriedAgain(failed(1))).isTrue();
        assertThat(attemptsOf(plan.options(BatchOptions.defaults(), 1))).isEqualTo(2);
    }

    @Test
    void withoutRetriesThePoolsOwnPolicyHolds() {
        RetryPlan plan = new RetryPlan(RetryPolicy.never(), false);
        assertThat(plan.options(BatchOptions.defaults(), 0)).isSameAs(BatchOptions.defaults());
        assertThat(plan.isTriedAgain(failed(1))).isFalse();
    }

    @Test
    void aConditionThatThrowsEndsTheJob() {
        RetryPolicy hostile = fixed(3, Duration.ofSeconds(2)).retryIf((error, attempt) -> {
            throw new IllegalStateException("mine");
        });
        assertThat(new RetryPlan(hostile, false).isTriedAgain(failed(1))).isFalse();
    }

    @Test
    void aTimeOutIsFollowedByAnotherAttemptIfThePolicySaysSo() {
        Outcome<Void> late = new Outcome.TimedOut<>(Duration.ofSeconds(1), 1);
        RetryPolicy policy = fixed(3, Duration.ofSeconds(2));
        assertThat(new RetryPlan(policy, false).isTriedAgain(late)).isFalse();
        assertThat(new RetryPlan(policy.withTimeouts(true), false).isTriedAgain(late))
                .isTrue();
    }
}
