package dev.workpool.cli.options;

import dev.workpool.cli.text.Allowed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The numbers of workers to try.
 *
 * @param low the fewest
 * @param high the most
 */
public record WorkerRange(int low, int high) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})\\.\\.(\\d{1,6})");
    private static final int MAX = 100_000;

    /** Reads them. */
    public static final class Converter implements ITypeConverter<WorkerRange> {
        @Override
        public WorkerRange convert(String value) {
            Matcher ends = RANGE.matcher(value);
            if (ends.matches()) {
                int low = Integer.parseInt(ends.group(1));
                int high = Integer.parseInt(ends.group(2));
                if (low >= 1 && low < high && high <= MAX) {
                    return new WorkerRange(low, high);
                }
            }
            throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.WORKER_RANGE);
        }
    }
}
