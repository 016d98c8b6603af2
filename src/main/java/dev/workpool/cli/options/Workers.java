package dev.workpool.cli.options;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.workpool.cli.text.Allowed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many workers the user wants.
 *
 * @param setting as the pool's settings say it: a number, or adaptive
 */
public record Workers(String setting) {
    private static final int MAX = 100_000;
    private static final int MAX_PERCENT = 10_000;
    private static final String ADAPTIVE = "adaptive";
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})(%?)");

    /** Reads them. */
    public static final class Converter implements ITypeConverter<Workers> {
        @Override
        public Workers convert(String value) {
            if (value.equals(ADAPTIVE)) {
                return new Workers(ADAPTIVE);
            }
            Matcher parts = NUMBER.matcher(value);
            if (parts.matches()) {
                int number = Integer.parseInt(parts.group(1));
                boolean percent = !parts.group(2).isEmpty();
                if (number >= 1 && number <= (percent ? MAX_PERCENT : MAX)) {
                    return new Workers(String.valueOf(percent ? percent(number) : number));
                }
            }
            throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.WORKERS);
        }
    }

    /** Of the processors, rounded down as GNU parallel does, and one at least. */
    private static int percent(long percent) {
        return (int) Math.max(1, Math.min(MAX, percent * Runtime.getRuntime().availableProcessors() / 100));
    }

    /** A configuration in which a pool has them. */
    public Config applyTo(Config root, String pool) {
        return root.withValue(
                "workpool.pools." + pool + ".workers", ConfigValueFactory.fromAnyRef(setting, "--workers"));
    }
}
