package dev.workpool.cli.text;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people type them: a number and a unit, or a bare number of seconds, as timeout(1) takes it. */
public final class Durations {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(ms|s|m|h|d|)");
    private static final Map<String, Long> NANOS = Map.of(
            "ms", 1_000_000L,
            "", 1_000_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if it is none, or out of range
     */
    public static Duration parse(String text, Duration min, Duration max) {
        Matcher parts = DURATION.matcher(text);
        if (parts.matches()) {
            BigDecimal nanos = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(NANOS.get(parts.group(2))));
            if (nanos.compareTo(nanos(min)) >= 0 && nanos.compareTo(nanos(max)) <= 0) {
                return Duration.ofNanos(nanos.longValue());
            }
        }
        throw new IllegalArgumentException("not a duration in range: " + text);
    }

    private static BigDecimal nanos(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos());
    }

    /** A duration for a message: 500 ms, 1.5 s, 90 s. */
    public static String words(Duration duration) {
        boolean seconds = duration.compareTo(Duration.ofSeconds(1)) >= 0;
        return BigDecimal.valueOf(duration.toNanos(), seconds ? 9 : 6)
                        .stripTrailingZeros()
                        .toPlainString()
                + (seconds ? " s" : " ms");
    }
}
