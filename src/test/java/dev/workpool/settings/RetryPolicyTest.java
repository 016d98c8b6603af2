package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RetryPolicyTest {
    private static final long DAY_NS = Duration.ofDays(1).toNanos();

    private static final RandomGenerator UNUSED = () -> {
        throw new AssertionError("there is nothing to draw");
    };

    private static Outcome<String> failed(Throwable error, int attempts) {
        return new Outcome.Failed<>(error, attempts);
    }

    private static Outcome<String> timedOut(int attempts) {
        return new Outcome.TimedOut<>(Duration.ofSeconds(1), attempts);
    }

    @Property
    void aJobHasAsManyAttemptsAsAreAllowed(@ForAll @IntRange(min = 1, max = 1_000) int most) {
        RetryPolicy policy = RetryPolicy.attempts(most).withTimeouts(true);
        for (int attempt = 1; attempt <= most + 1; attempt++) {
            assertThat(policy.retries(failed(new IOException(), attempt))).isEqualTo(attempt < most);
            assertThat(policy.retries(timedOut(attempt))).isEqualTo(attempt < most);
            assertThat(policy.retriesTimeouts(attempt)).isEqualTo(attempt < most);
        }
    }

    @Example
    void neverIsOneAttempt() {
        assertThat(RetryPolicy.never()).isEqualTo(RetryPolicy.attempts(1));
        assertThat(RetryPolicy.never().withTimeouts(true).retries(timedOut(1))).isFalse();
        assertThat(RetryPolicy.never().retries(failed(new IOException(), 1))).isFalse();
    }

    @Example
    void onlyFailuresAndTimeoutsAreRetried() {
        RetryPolicy policy = RetryPolicy.attempts(9).withTimeouts(true).retryOn(Throwable.class);
        assertThat(policy.retries(new Outcome.Succeeded<>("", 1))).isFalse();
        assertThat(policy.retries(new Outcome.Cancelled<>(0))).isFalse();
        assertThat(policy.retries(new Outcome.Cancelled<>(1))).isFalse();
        assertThat(policy.retries(new Outcome.Rejected<>("closed"))).isFalse();
        assertThat(policy.retries(timedOut(0))).as("no handler saw it").isFalse();
    }

    @Example
    void exceptionsAreRetriedByDefaultAndErrorsAndTimeoutsAreNot() {
        RetryPolicy policy = RetryPolicy.attempts(2);
        assertThat(policy.retries(failed(new IOException(), 1))).isTrue();
        assertThat(policy.retries(failed(new IllegalStateException(), 1))).isTrue();
        assertThat(policy.retries(failed(new AssertionError(), 1))).isFalse();
        assertThat(policy.retries(timedOut(1))).isFalse();
        assertThat(policy.retriesTimeouts(1)).isFalse();
    }

    @Example
    void namedErrorsAreRetriedWithTheirSubclassesAndAnAbortWins() {
        RetryPolicy policy = RetryPolicy.attempts(2)
                .retryOn(IOException.class, UncheckedIOException.class)
                .abortOn(java.io.FileNotFoundException.class);
        assertThat(policy.retries(failed(new java.io.EOFException(), 1))).isTrue();
        assertThat(policy.retries(failed(new UncheckedIOException(new IOException()), 1)))
                .isTrue();
        assertThat(policy.retries(failed(new IllegalStateException(), 1))).isFalse();
        assertThat(policy.retries(failed(new java.io.FileNotFoundException(), 1)))
                .isFalse();
        assertThat(policy.retryOn(Error.class).retries(failed(new IOException(), 1)))
                .as("said anew")
                .isFalse();
    }

    @Example
    void timeoutsAloneCanBeRetried() {
        RetryPolicy policy = RetryPolicy.attempts(2).retryOn().withTimeouts(true);
        assertThat(policy.retries(timedOut(1))).isTrue();
        assertThat(policy.retries(failed(new IOException(), 1))).isFalse();
    }

    @Property
    void theDelayDoublesUpToTheCap(
            @ForAll @LongRange(min = 0, max = 86_400_000_000_000L) long oneNs,
            @ForAll @LongRange(min = 0, max = 86_400_000_000_000L) long otherNs,
            @ForAll @IntRange(min = 1, max = 1_000) int attempt) {
        long initialNs = Math.min(oneNs, otherNs);
        long capNs = Math.max(oneNs, otherNs);
        RetryPolicy policy = RetryPolicy.attempts(1_000)
                .withExponentialBackoff(Duration.ofNanos(initialNs), Duration.ofNanos(capNs))
                .withJitter(false);
        BigInteger doubled = BigInteger.valueOf(initialNs).shiftLeft(attempt - 1);
        assertThat(policy.delayNs(attempt, UNUSED))
                .isEqualTo(doubled.min(BigInteger.valueOf(capNs)).longValueExact());
    }

    @Property
    void jitterDrawsFromZeroToTheDelay(
            @ForAll @LongRange(min = 0, max = 86_400_000_000_000L) long initialNs,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int attempt,
            @ForAll long seed) {
        RetryPolicy drawn =
                RetryPolicy.attempts(3).withExponentialBackoff(Duration.ofNanos(initialNs), Duration.ofNanos(DAY_NS));
        long computedNs = drawn.withJitter(false).delayNs(attempt, UNUSED);
        assertThat(drawn.delayNs(attempt, new SplittableRandom(seed))).isBetween(0L, computedNs);
    }

    @Example
    void jitterIsUniform() {
        RetryPolicy policy = RetryPolicy.attempts(3).withExponentialBackoff(Duration.ofNanos(1), Duration.ofNanos(7));
        RandomGenerator random = new SplittableRandom(1);
        int[] drawn = new int[8];
        for (int i = 0; i < 80_000; i++) {
            drawn[(int) policy.delayNs(9, random)]++;
        }
        for (int count : drawn) {
            assertThat(count).isBetween(9_500, 10_500);
        }
    }

    @Property
    void aFixedDelayIsTheSameAfterEveryAttempt(
            @ForAll @LongRange(min = 0, max = 86_400_000_000_000L) long delayNs,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int attempt) {
        RetryPolicy policy = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofNanos(delayNs));
        assertThat(policy.delayNs(attempt, UNUSED)).isEqualTo(delayNs);
        assertThat(policy.withJitter(true).delayNs(attempt, new SplittableRandom(delayNs)))
                .isBetween(0L, delayNs);
    }

    @Example
    void theDefaultDelaysAreDrawnFromHundredMillisecondsToTenSeconds() {
        RetryPolicy policy = RetryPolicy.attempts(20);
        assertThat(policy.jitter()).isTrue();
        RetryPolicy computed = policy.withJitter(false);
        assertThat(List.of(1, 2, 7, 8, 19))
                .extracting(attempt ->
                        Duration.ofNanos(computed.delayNs(attempt, UNUSED)).toMillis())
                .containsExactly(100L, 200L, 6_400L, 10_000L, 10_000L);
    }

    @Example
    void jitterIsOffForAFixedBackoffAndOnForAnExponentialOne() {
        RetryPolicy fixed = RetryPolicy.attempts(2).withFixedBackoff(Duration.ofSeconds(1));
        assertThat(fixed.jitter()).isFalse();
        assertThat(fixed.withJitter(true).jitter()).isTrue();
        RetryPolicy exponential = fixed.withExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(exponential.jitter()).isTrue();
        assertThat(exponential.withJitter(false).jitter()).isFalse();
    }

    @Example
    void aValueThatIsNotAllowedIsNamedWithWhatIs() {
        assertThatThrownBy(() -> RetryPolicy.attempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max attempts = 0; allowed: 1 to 1000");
        assertThatThrownBy(() -> RetryPolicy.attempts(1_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max attempts = 1001; allowed: 1 to 1000");
        RetryPolicy policy = RetryPolicy.attempts(2);
        assertThatThrownBy(() -> policy.withFixedBackoff(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fixed backoff = PT-0.000000001S; allowed: 0 to 1 day");
        assertThatThrownBy(() -> policy.withFixedBackoff(Duration.ofDays(1).plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fixed backoff = PT24H0.000000001S; allowed: 0 to 1 day");
        assertThatThrownBy(() -> policy.withExponentialBackoff(Duration.ofSeconds(Long.MAX_VALUE), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("initial backoff = PT");
        assertThatThrownBy(() -> policy.withExponentialBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backoff cap = PT1S; allowed: the initial backoff, PT2S, to 1 day");
        assertThatThrownBy(() -> policy.delayNs(0, UNUSED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempt = 0; allowed: 1 or more");
    }

    @Example
    void policiesAreEqualIfTheySayTheSame() {
        RetryPolicy policy = RetryPolicy.attempts(3).retryOn(IOException.class, Error.class);
        assertThat(policy)
                .isEqualTo(RetryPolicy.attempts(3).retryOn(Error.class, IOException.class, Error.class))
                .hasSameHashCodeAs(RetryPolicy.attempts(3).retryOn(Error.class, IOException.class));
        assertThat(List.of(
                        RetryPolicy.attempts(2),
                        RetryPolicy.attempts(3),
                        policy,
                        policy.abortOn(IOException.class),
                        policy.withTimeouts(true),
                        policy.withJitter(false),
                        policy.withFixedBackoff(Duration.ofMillis(100)),
                        policy.withExponentialBackoff(Duration.ofMillis(100), Duration.ofSeconds(9)),
                        policy.withExponentialBackoff(Duration.ofMillis(99), Duration.ofSeconds(10))))
                .doesNotHaveDuplicates();
        assertThat(policy).isNotEqualTo("");
    }

    @Example
    void aPolicyShowsWhatItSays() {
        RetryPolicy policy = RetryPolicy.attempts(3)
                .withTimeouts(true)
                .retryOn(IOException.class, Error.class)
                .abortOn(AssertionError.class);
        assertThat(policy)
                .hasToString(
                        "RetryPolicy(attempts 3, backoff PT0.1S to PT10S with jitter,"
                                + " on [java.io.IOException, java.lang.Error] and time-outs, not on [java.lang.AssertionError])");
        assertThat(policy.maxAttempts()).isEqualTo(3);
        assertThat(policy.backoff()).isEqualTo(Duration.ofMillis(100));
        assertThat(policy.backoffCap()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.timeouts()).isTrue();
        assertThat(policy.retriedErrors()).containsExactlyInAnyOrder(IOException.class, Error.class);
        assertThat(policy.abortingErrors()).containsExactly(AssertionError.class);
    }

    // Conditions

    /** Causes that may tie a circle. */
    private static final class Linked extends Exception {
        private static final long serialVersionUID = 1;
        private Linked next;

        Linked(String message) {
            super(message);
        }

        @Override
        public synchronized Throwable getCause() {
            return next;
        }
    }

    @Example
    void aConditionDecidesByTheErrorAndTheAttempt() {
        RetryPolicy policy = RetryPolicy.attempts(9)
                .retryIf((error, attempt) -> attempt <= 3 && error.getMessage().startsWith("busy"));
        assertThat(policy.retries(failed(new IOException("busy"), 3))).isTrue();
        assertThat(policy.retries(failed(new Error("busy too"), 1))).isTrue();
        assertThat(policy.retries(failed(new IOException("busy"), 4))).isFalse();
        assertThat(policy.retries(failed(new IOException("gone"), 1))).isFalse();
        assertThat(policy.retries(timedOut(1))).as("for withTimeouts to say").isFalse();
        assertThat(policy.withTimeouts(true).retries(timedOut(1))).isTrue();
    }

    @Example
    void aConditionIsNotAskedWhereThereIsNoOtherAttempt() {
        RetryPolicy policy = RetryPolicy.attempts(2)
                .abortOn(IllegalStateException.class)
                .retryIf((error, attempt) -> {
                    throw new AssertionError("asked for attempt " + attempt);
                });
        assertThat(policy.retries(failed(new IOException(), 2))).isFalse();
        assertThat(policy.retries(failed(new IllegalStateException(), 1))).isFalse();
        assertThat(policy.retries(new Outcome.Succeeded<>("", 1))).isFalse();
        assertThat(policy.retries(timedOut(1))).isFalse();
        assertThatThrownBy(() -> policy.retries(failed(new IOException(), 1))).hasMessage("asked for attempt 1");
    }

    @Example
    void aCauseCountsWhereverItIsInTheChain() {
        RetryPolicy policy =
                RetryPolicy.attempts(2).retryOnCause(SQLException.class, cause -> "40001".equals(cause.getSQLState()));
        SQLException serialization = new SQLException("", "40001");
        SQLException unique = new SQLException("", "23505");
        assertThat(policy.retries(failed(serialization, 1))).isTrue();
        assertThat(policy.retries(failed(new IllegalStateException(serialization), 1)))
                .isTrue();
        assertThat(policy.retries(failed(new IOException(new Error(new BatchUpdateException(serialization))), 1)))
                .isTrue();
        assertThat(policy.retries(failed(new SQLException("", "25P02", serialization), 1)))
                .as("the first of the class is not the only one that is tested")
                .isTrue();
        assertThat(policy.retries(failed(unique, 1))).isFalse();
        assertThat(policy.retries(failed(new IllegalStateException(unique), 1))).isFalse();
        assertThat(policy.retries(failed(new IOException(), 1))).isFalse();
        IOException suppressing = new IOException();
        suppressing.addSuppressed(serialization);
        assertThat(policy.retries(failed(suppressing, 1))).as("no cause").isFalse();
    }

    @Example
    void conditionsAreJoined() {
        RetryPolicy.Condition transients = RetryPolicy.Condition.onCause(SQLTransientException.class)
                .or(RetryPolicy.Condition.onCause(IOException.class, cause -> cause.getMessage() != null));
        RetryPolicy policy = RetryPolicy.attempts(2).retryIf(transients);
        assertThat(policy.retries(failed(new Error(new SQLTransientException()), 1)))
                .isTrue();
        assertThat(policy.retries(failed(new Error(new IOException("why")), 1))).isTrue();
        assertThat(policy.retries(failed(new Error(new IOException()), 1))).isFalse();
    }

    @Example
    void aCircleOfCausesEnds() {
        Linked first = new Linked("first");
        Linked second = new Linked("second");
        first.next = second;
        second.next = first;
        List<String> tested = new ArrayList<>();
        RetryPolicy policy = RetryPolicy.attempts(2).retryOnCause(Linked.class, cause -> {
            tested.add(cause.getMessage());
            return false;
        });
        assertThat(policy.retries(failed(new IOException(first), 1))).isFalse();
        assertThat(tested).as("each once").containsExactly("first", "second");
    }

    @Example
    void aChainOfCausesThatHasNoEndEnds() {
        class Endless extends Exception {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized Throwable getCause() {
                return new Endless();
            }
        }
        RetryPolicy policy = RetryPolicy.attempts(2).retryOnCause(IOException.class, cause -> true);
        assertThat(policy.retries(failed(new Endless(), 1))).isFalse();
    }

    @Example
    void theLastThatSaysWhichErrorsAreRetriedCounts() {
        RetryPolicy.Condition never = (error, attempt) -> false;
        RetryPolicy policy = RetryPolicy.attempts(2).retryOn(IOException.class).retryIf(never);
        assertThat(policy.retries(failed(new IOException(), 1))).isFalse();
        assertThat(policy.retriedErrors()).isEmpty();
        assertThat(policy.condition()).containsSame(never);
        RetryPolicy byClass = policy.retryOn(IOException.class);
        assertThat(byClass.retries(failed(new IOException(), 1))).isTrue();
        assertThat(byClass.condition()).isEmpty();
        assertThat(byClass).isEqualTo(RetryPolicy.attempts(2).retryOn(IOException.class));
    }

    @Example
    void policiesOfTheSameConditionAreEqual() {
        RetryPolicy.Condition condition = (error, attempt) -> true;
        RetryPolicy policy = RetryPolicy.attempts(2).retryIf(condition);
        assertThat(policy)
                .isEqualTo(RetryPolicy.attempts(2).retryIf(condition))
                .hasSameHashCodeAs(RetryPolicy.attempts(2).retryIf(condition))
                .isNotEqualTo(RetryPolicy.attempts(2))
                .isNotEqualTo(RetryPolicy.attempts(2).retryIf((error, attempt) -> true));
        assertThat(policy.toString()).contains("on a condition, not on []");
        assertThat(policy.withJitter(false)
                        .withTimeouts(true)
                        .abortOn(Error.class)
                        .condition())
                .containsSame(condition);
    }

    @Example
    void nothingOfAConditionMayBeNull() {
        RetryPolicy policy = RetryPolicy.attempts(2);
        assertThatThrownBy(() -> policy.retryIf(null)).hasMessage("condition of a retry policy");
        assertThatThrownBy(() -> policy.retryOnCause(null, cause -> true))
                .hasMessage("class of a condition of a retry policy");
        assertThatThrownBy(() -> policy.retryOnCause(IOException.class, null))
                .hasMessage("test of a condition of a retry policy");
    }
}
