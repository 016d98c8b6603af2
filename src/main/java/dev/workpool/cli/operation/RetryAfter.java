package dev.workpool.cli.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** For how long a server wants to be left alone: the header {@code Retry-After}, a number of seconds or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    /** What has more digits is a mistake, and would not fit. */
    private static final int MOST_DIGITS = 10;

    private RetryAfter() {}

    /** Whether a status says that the server has had enough. */
    static boolean isMeantBy(int status) {
        return status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE;
    }

    /**
     * Reads the header.
     *
     * @param header its value
     * @param now the time
     * @return 0 if it is over, or says nothing that can be understood
     */
    static Duration of(String header, Instant now) {
        String value = header.strip();
        if (value.matches("\\d{1," + MOST_DIGITS + "}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Duration left = Duration.between(now, DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from));
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
