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
 * @param isCount whether the user gave that number
 */
public record Workers(String setting, boolean isCount) {
    /** The pool whose settings are those of runs, and of workers that do the jobs of runs. */
    public static final String POOL = "run";

    private static final int MAX = 100_000;
    private static final int MAX_PERCENT = 10_000;
    private static final String ADAPTIVE = "adaptive";
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})(%?)");

    /** Reads them. */
    public static final class Converter implements ITypeConverter<Workers> {
        @Override
        public Workers convert(String value) {
            if (value.equals(ADAPTIVE)) {
                return new Workers(ADAPTIVE, false);
            }
            Matcher parts = NUMBER.matcher(value);
            if (parts.matches()) {
                int number = Integer.parseInt(parts.group(1));
                boolean percent = !parts.group(2).isEmpty();
                if (number >= 1 && number <= (percent ? MAX_PERCENT : MAX)) {
                    return new Workers(String.valueOf(percent ? percent(number) : number), !percent);
                }
            }
            throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.WORKERS);
        }
    }

    /** Reads how many a node has: they are not as many as the service can serve that other nodes use too. */
    public static final class OfNode implements ITypeConverter<Workers> {
        @Override
        public Workers convert(String value) {
            try {
                Workers workers = new Converter().convert(value);
                if (!workers.setting.equals(ADAPTIVE)) {
                    return workers;
                }
            } catch (TypeConversionException e) {
                throw notAllowed(value);
            }
            throw notAllowed(value);
        }

        private static TypeConversionException notAllowed(String value) {
            return new TypeConversionException("'" + value + "'; allowed: " + Allowed.WORKERS_OF_NODE);
        }
    }

    /** Of the processors, rounded down as GNU parallel does, and one at least. */
    private static int percent(long percent) {
        return (int) Math.max(1, Math.min(MAX, percent * Runtime.getRuntime().availableProcessors() / 100));
    }

    /** A configuration in which a run has them. */
    public Config applyTo(Config root) {
        return root.withValue(
                "workpool.pools." + POOL + ".workers", ConfigValueFactory.fromAnyRef(setting, "--workers"));
    }
}
