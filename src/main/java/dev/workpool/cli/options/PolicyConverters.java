package dev.workpool.cli.options;

import dev.workpool.cli.job.Halt;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.Durations;
import dev.workpool.settings.RateLimit;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Read the values of the options about time-outs, attempts and rates. What is not allowed they refuse in one line. */
final class PolicyConverters {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private PolicyConverters() {}

    private static TypeConversionException notAllowed(String value, String allowed) {
        return new TypeConversionException("'" + value + "'; allowed: " + allowed);
    }

    /** How long an attempt may take. */
    static final class Timeout implements ITypeConverter<Duration> {
        private static final Duration LONGEST = Duration.ofDays(365);

        @Override
        public Duration convert(String value) {
            try {
                return Durations.parse(value, SHORTEST, LONGEST);
            } catch (IllegalArgumentException e) {
                throw notAllowed(value, Allowed.TIMEOUT);
            }
        }
    }

    /** A number of attempts. */
    static final class Retries implements ITypeConverter<Integer> {
        private static final int MOST = 1000;

        @Override
        public Integer convert(String value) {
            try {
                int attempts = Integer.parseInt(value);
                if (attempts >= 1 && attempts <= MOST) {
                    return attempts;
                }
            } catch (NumberFormatException e) {
                throw notAllowed(value, Allowed.RETRIES);
            }
            throw notAllowed(value, Allowed.RETRIES);
        }
    }

    /** Waits between attempts. */
    static final class BackoffRange implements ITypeConverter<Backoff> {
        private static final Duration LONGEST = Duration.ofDays(1);
        private static final String TO = "..";

        @Override
        public Backoff convert(String value) {
            int to = value.indexOf(TO);
            try {
                Duration initial = Durations.parse(to < 0 ? value : value.substring(0, to), SHORTEST, LONGEST);
                Duration cap = to < 0 ? initial : Durations.parse(value.substring(to + TO.length()), initial, LONGEST);
                return new Backoff(initial, cap);
            } catch (IllegalArgumentException e) {
                throw notAllowed(value, Allowed.BACKOFF);
            }
        }
    }

    /** Starts in a second, a minute or an hour. */
    static final class Rate implements ITypeConverter<RateLimit> {
        private static final Pattern RATE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(?:/([smh]))?");
        private static final Map<String, Integer> SECONDS = Map.of("s", 1, "m", 60, "h", 3600);

        @Override
        public RateLimit convert(String value) {
            Matcher parts = RATE.matcher(value);
            if (!parts.matches()) {
                throw notAllowed(value, Allowed.RATE);
            }
            double number = new BigDecimal(parts.group(1)).doubleValue();
            int seconds = parts.group(2) == null ? 1 : SECONDS.get(parts.group(2));
            try {
                return RateLimit.perSecond(number / seconds);
            } catch (IllegalArgumentException e) {
                throw notAllowed(value, Allowed.RATE);
            }
        }
    }

    /** When the run ends early. */
    static final class HaltCondition implements ITypeConverter<Halt> {
        @Override
        public Halt convert(String value) {
            try {
                return Halt.parse(value);
            } catch (IllegalArgumentException e) {
                throw notAllowed(value, Allowed.HALT);
            }
        }
    }
}
