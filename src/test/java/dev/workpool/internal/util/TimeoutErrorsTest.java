package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TimeoutErrorsTest {
    private static final class ReadTimeoutError extends Error {
        private static final long serialVersionUID = 1;
    }

    private static class DeadlineExceededException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class Special extends DeadlineExceededException {
        private static final long serialVersionUID = 1;
    }

    private static final class TransactionTimedOut extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class TimeoutNotConfiguredException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class QuotaExceededException extends Exception {
        private static final long serialVersionUID = 1;
    }

    @Test
    void thoseOfTheJdkAre() {
        assertThat(TimeoutErrors.isOne(new TimeoutException())).isTrue();
        assertThat(TimeoutErrors.isOne(new SocketTimeoutException())).isTrue();
        assertThat(TimeoutErrors.isOne(new HttpTimeoutException("slow"))).isTrue();
        assertThat(TimeoutErrors.isOne(new InterruptedIOException("timeout"))).isTrue();
    }

    @Test
    void thoseOfLibrariesAreByTheirNameOrThatOfTheirSuperclass() {
        assertThat(TimeoutErrors.isOne(new ReadTimeoutError())).isTrue();
        assertThat(TimeoutErrors.isOne(new DeadlineExceededException())).isTrue();
        assertThat(TimeoutErrors.isOne(new Special())).isTrue();
        assertThat(TimeoutErrors.isOne(new TransactionTimedOut())).isTrue();
    }

    @Test
    void othersAreNot() {
        assertThat(TimeoutErrors.isOne(new IOException("timeout"))).isFalse();
        assertThat(TimeoutErrors.isOne(new TimeoutNotConfiguredException())).isFalse();
        assertThat(TimeoutErrors.isOne(new QuotaExceededException())).isFalse();
        assertThat(TimeoutErrors.isOne(new Throwable())).isFalse();
    }

    @Test
    void whatIsCausedByOneIsOneHoweverOftenItIsWrapped() {
        assertThat(TimeoutErrors.isOne(new ExecutionException(new IOException(new TimeoutException()))))
                .isTrue();
        assertThat(TimeoutErrors.isOne(new ExecutionException(new IOException())))
                .isFalse();
    }

    @Test
    void causesThatGoInACircleAreNone() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);
        assertThat(TimeoutErrors.isOne(one)).isFalse();
    }
}
