package dev.workpool.internal.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.util.TimeoutErrors;
import dev.workpool.internal.worker.Chunk;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.Handlers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a failure is a time-out, to the nanosecond. */
class TimeLimitsTest {
    private static final long BEGUN = 7_000_000_000_000L;
    private static final long MS = 1_000_000;

    private long nowNs = BEGUN;

    private static JobPolicy policy(Duration job, JobPolicy.Deadline batch) {
        return new JobPolicy(
                Optional.ofNullable(job), RetryPolicy.never(), Optional.ofNullable(batch), false, false, 1, 0, 1);
    }

    private static JobPolicy.Deadline batch(Duration timeout, long endsNs) {
        return new JobPolicy.Deadline(timeout, endsNs);
    }

    private TimeLimits limits(Duration job, JobPolicy.Deadline batch) {
        return TimeLimits.of(policy(job, batch), () -> nowNs);
    }

    private Duration exceeded(TimeLimits limits, long afterNs, Throwable error) {
        nowNs = BEGUN + afterNs;
        TimeLimits.Limit limit = limits.exceeded(BEGUN, error);
        return limit == null ? null : limit.timeout();
    }

    @Test
    void thereAreNoneUnlessTheyAreAskedFor() {
        assertThat(TimeLimits.of(JobPolicy.NONE, () -> nowNs)).isNull();
    }

    @Test
    void anyFailureAtTheDeadlineOrLaterIsATimeOut() {
        Duration timeout = Duration.ofSeconds(2);
        TimeLimits limits = limits(timeout, null);
        assertThat(exceeded(limits, 2_000 * MS - 1, new IOException())).isNull();
        assertThat(exceeded(limits, 2_000 * MS, new IOException())).isEqualTo(timeout);
        assertThat(exceeded(limits, 9_000 * MS, new AssertionError())).isEqualTo(timeout);
    }

    @Test
    void aTimeOutOfTheHandlersOwnIsOneALittleBeforeToo() {
        TimeoutException own = new TimeoutException();
        TimeLimits tenSeconds = limits(Duration.ofSeconds(10), null);
        assertThat(exceeded(tenSeconds, 9_900 * MS - 1, own)).isNull();
        assertThat(exceeded(tenSeconds, 9_900 * MS, own)).isEqualTo(Duration.ofSeconds(10));
        TimeLimits halfASecond = limits(Duration.ofMillis(500), null);
        assertThat(exceeded(halfASecond, 450 * MS - 1, own)).isNull();
        assertThat(exceeded(halfASecond, 450 * MS, own)).isEqualTo(Duration.ofMillis(500));
        TimeLimits twoMilliseconds = limits(Duration.ofMillis(2), null);
        assertThat(exceeded(twoMilliseconds, MS - 1, own)).isNull();
        assertThat(exceeded(twoMilliseconds, MS, own)).isEqualTo(Duration.ofMillis(2));
    }

    @Test
    void theLimitThatEndsFirstCounts() {
        Duration job = Duration.ofSeconds(2);
        Duration whole = Duration.ofMinutes(1);
        TimeLimits batchFirst = limits(job, batch(whole, BEGUN + 500 * MS));
        assertThat(exceeded(batchFirst, 400 * MS, new TimeoutException())).isEqualTo(whole);
        assertThat(exceeded(batchFirst, 400 * MS, new IOException())).isNull();
        assertThat(exceeded(batchFirst, 9_000 * MS, new IOException())).isEqualTo(whole);
        assertThat(batchFirst.exceeded(BEGUN, new IOException()).ofBatch()).isTrue();
        TimeLimits together = limits(job, batch(whole, BEGUN + job.toNanos()));
        assertThat(exceeded(together, 9_000 * MS, new IOException()))
                .as("both end, and with its batch the job is not tried again")
                .isEqualTo(whole);
        TimeLimits jobFirst = limits(job, batch(whole, BEGUN + 2_000 * MS + 1));
        assertThat(exceeded(jobFirst, 9_000 * MS, new IOException())).isEqualTo(job);
        assertThat(jobFirst.exceeded(BEGUN, new IOException()).ofBatch()).isFalse();
        TimeLimits batchOnly = limits(null, batch(whole, BEGUN - 1));
        assertThat(exceeded(batchOnly, 0, new IOException())).isEqualTo(whole);
    }

    @Test
    void theDeadlineIsThatOfTheLimitThatEndsFirst() {
        Instant before = Instant.now();
        Instant soon = limits(Duration.ofHours(1), null).deadline(BEGUN - 10_000 * MS);
        Instant after = Instant.now();
        Duration left = Duration.ofHours(1).minusSeconds(10);
        assertThat(soon).isBetween(before.plus(left), after.plus(left));
        Instant sooner = limits(Duration.ofHours(1), batch(Duration.ofDays(1), BEGUN + 20_000 * MS))
                .deadline(BEGUN);
        assertThat(sooner).isBetween(before.plusSeconds(20), Instant.now().plusSeconds(20));
    }

    // What is a time-out

    private static class SlowServer extends SQLTimeoutException {
        private static final long serialVersionUID = 1;
    }

    /** As several libraries name theirs. */
    private static class DeadlineExceededException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static class CallTimedOut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Is about time-outs, but none. */
    private static class TimeoutNotConfiguredException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static class TimeoutOfMine {
        private static class Trouble extends RuntimeException {
            private static final long serialVersionUID = 1;
        }
    }

    @Test
    void timeOutsAreKnownByTheNamesOfTheirClassesAndWhatTheyExtend() {
        assertThat(List.of(
                        new TimeoutException(),
                        new SocketTimeoutException(),
                        new HttpTimeoutException(""),
                        new HttpConnectTimeoutException(""),
                        new SQLTimeoutException(),
                        new akka.pattern.AskTimeoutException(""),
                        new InterruptedIOException("timeout"),
                        new DeadlineExceededException(),
                        new SlowServer(),
                        new CallTimedOut(),
                        new CompletionException(new TimeoutException()),
                        new IOException(new ExecutionException(new SocketTimeoutException()))))
                .allMatch(TimeoutErrors::isOne);
        assertThat(List.of(
                        new IOException("Timeout"),
                        new InterruptedException(),
                        new TimeoutOfMine.Trouble(),
                        new TimeoutNotConfiguredException(),
                        new AssertionError(new IOException())))
                .noneMatch(TimeoutErrors::isOne);
    }

    @Test
    void hostileErrorsAreLookedAtForAWhile() {
        Exception first = new Exception();
        first.initCause(new Exception(first));
        assertThat(TimeoutErrors.isOne(first)).isFalse();
        assertThat(TimeoutErrors.isOne(new Exception() {
                    @Override
                    public synchronized Throwable getCause() {
                        throw new IllegalStateException("on purpose");
                    }
                }))
                .isFalse();
        assertThat(TimeoutErrors.isOne(new Exception() {
                    @Override
                    public synchronized Throwable getCause() {
                        return this;
                    }
                }))
                .isFalse();
    }

    // In a chunk

    @Test
    void aChunkTellsWhichOfItsFailuresWereTimeOuts() {
        Duration timeout = Duration.ofSeconds(1);
        Slice<String> slice = Slices.slice(new Slice.BatchRef<>(1, null, policy(timeout, null)), 0, 3);
        Chunk<Integer, String> chunk = new Chunk<>(slice, () -> nowNs);
        IOException error = new IOException();
        for (long tookMs : new long[] {999, 1_000, 0}) {
            int position = chunk.claim();
            nowNs += tookMs * MS;
            chunk.fail(position, error);
        }
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.outcomes())
                .containsExactly(
                        new Outcome.Failed<>(error, 1),
                        new Outcome.TimedOut<>(timeout, 1),
                        new Outcome.Failed<>(error, 1));
        assertThat(chunk.failures()).isEqualTo(3);
        assertThat(chunk.timeouts()).isEqualTo(1);
    }

    /** As where the handler has failed for lack of memory. */
    @Test
    void aFailureThatThereIsNoMemoryToNoteIsNotedLater() {
        AtomicInteger readings = new AtomicInteger();
        Slice<String> slice = Slices.slice(new Slice.BatchRef<>(1, null, policy(Duration.ofSeconds(1), null)), 0, 1);
        Chunk<Integer, String> chunk = new Chunk<>(slice, () -> {
            if (readings.incrementAndGet() > 1 && readings.get() < 5) {
                throw new OutOfMemoryError("by the test");
            }
            return nowNs;
        });
        OutOfMemoryError error = new OutOfMemoryError("of the handler");
        chunk.fail(chunk.claim(), error);
        assertThat(readings.get()).isGreaterThanOrEqualTo(5);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.outcomes()).containsExactly(new Outcome.Failed<>(error, 1));
        assertThat(chunk.failures()).isEqualTo(1);
    }

    @Test
    void aDeadlineIsNotTooEarlyIfItsThreadIsHeldUp() {
        Duration pause = Duration.ofMillis(20);
        TimeLimits limits = TimeLimits.of(policy(Duration.ofSeconds(1), null), () -> {
            Handlers.computeFor(pause);
            return System.nanoTime();
        });
        Instant before = Instant.now();
        long begunNs = System.nanoTime();
        assertThat(limits.deadline(begunNs)).isAfter(before.plusSeconds(1).minus(pause.dividedBy(2)));
    }
}
