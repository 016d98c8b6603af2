package dev.workpool.cli.options;

import dev.workpool.cli.text.Allowed;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of workers. */
public final class Workers implements ITypeConverter<Integer> {
    private static final int MAX = 100_000;

    @Override
    public Integer convert(String value) {
        try {
            int workers = Integer.parseInt(value);
            if (workers >= 1 && workers <= MAX) {
                return workers;
            }
        } catch (NumberFormatException e) {
            throw notAllowed(value);
        }
        throw notAllowed(value);
    }

    private static TypeConversionException notAllowed(String value) {
        return new TypeConversionException("'" + value + "'; allowed: " + Allowed.WORKERS);
    }
}
