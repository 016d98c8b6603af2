package dev.workpool.cli.queue;

import dev.workpool.cli.text.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of columns, as wide as they need to be. Numbers stand to the right. The last column may be of any length. */
final class Table {
    private static final long MINUTES_FROM = 100;

    private final List<String[]> lines = new ArrayList<>();
    private final String numbers;

    /**
     * A table with the names of its columns.
     *
     * @param numbers a letter for each column: n where it stands to the right, t where to the left
     */
    Table(String numbers, String... header) {
        this.numbers = numbers;
        lines.add(header);
    }

    void add(String... line) {
        String[] cells = new String[line.length];
        for (int i = 0; i < line.length; i++) {
            cells[i] = Printable.of(line[i]);
        }
        lines.add(cells);
    }

    /** All lines, each with its end. */
    String text() {
        int[] widths = new int[numbers.length()];
        for (String[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < line.length; i++) {
                String blanks = " ".repeat(widths[i] - line[i].length());
                row.append(i == 0 ? "" : "  ").append(numbers.charAt(i) == 'n' ? blanks + line[i] : line[i] + blanks);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** A duration as people read it in a table: 350 ms, 3.2 s, 12 min, 5 h, 3 d. */
    static String age(Duration age) {
        long seconds = age.toSeconds();
        if (seconds == 0) {
            return age.toMillis() + " ms";
        } else if (seconds < MINUTES_FROM) {
            return String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1e3);
        } else if (age.toMinutes() < MINUTES_FROM) {
            return age.toMinutes() + " min";
        }
        return age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " d";
    }
}
