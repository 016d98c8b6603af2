package dev.workpool.tune;

import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers for people: three digits, and a unit that fits. */
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
        return Double.isNaN(part) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * part);
    }

    /** An interval, as far as there is one: 98.1..98.9. */
    static String interval(double low, double high, DoubleFunction<String> format) {
        return Double.isNaN(low) ? "-" : format.apply(low) + ".." + format.apply(high);
    }
}
