package dev.workpool.tune;

import java.util.Locale;
import java.util.function.DoubleFunction;

/** Formats numbers for people: three digits, and a unit that fits. */
final class Figures {
    private static final String[] UNITS = {"ns", "µs", "ms", "s"};

    private Figures() {}

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    static String seconds(double seconds) {
        if (Double.isNaN(seconds)) {
            return "-";
        }
        double value = seconds * 1e9;
        int unit = 0;
        while (unit < UNITS.length - 1 && value >= 999.5) {
            value /= 1000;
            unit++;
        }
        return number(value) + " " + UNITS[unit];
    }

    static String workers(int count) {
        return count == 1 ? "1 worker" : count + " workers";
    }

    static String percent(double part) {
        if (Double.isNaN(part)) {
            return "-";
        }
        double percents = 100 * part < 0.005 ? 0 : 100 * part;
        return String.format(
                Locale.ROOT,
                percents == 0 || percents >= 9.95 ? "%.0f %%" : percents >= 0.95 ? "%.1f %%" : "%.2f %%",
                percents);
    }

    /** An interval, with the unit that both ends share once: 98.1..98.9 ms. */
    static String interval(Estimate estimate, DoubleFunction<String> format) {
        if (!estimate.isKnown()) {
            return "-";
        }
        String low = format.apply(estimate.low());
        String high = format.apply(estimate.high());
        int unit = low.indexOf(' ');
        return unit >= 0 && high.endsWith(low.substring(unit))
                ? low.substring(0, unit) + ".." + high
                : low + ".." + high;
    }
}
