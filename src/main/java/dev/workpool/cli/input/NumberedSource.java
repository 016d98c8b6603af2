package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The inputs of another source with their numbers, and with the columns that their values consist of, if they are to be split. */
final class NumberedSource implements InputSource {
    /** What belongs to no column where it is at its beginning or end. */
    private static final Pattern OUTER_BLANKS = Pattern.compile("\\A\\s+|\\s+\\z");

    private final InputSource source;
    private final Pattern separator;
    private long number;

    /**
     * A source whose inputs have numbers.
     *
     * @param separator what is between two columns; null if there are none
     */
    NumberedSource(InputSource source, Pattern separator) {
        this.source = source;
        this.separator = separator;
    }

    @Override
    public Input next() throws IOException {
        Input input = source.next();
        if (input == null) {
            return null;
        }
        Input numbered = input.withNumber(++number);
        return separator == null ? numbered : numbered.withValues(columns(input.values()));
    }

    private List<String> columns(List<String> values) {
        List<String> columns = new ArrayList<>();
        for (String value : values) {
            for (String column : separator.split(value, -1)) {
                columns.add(OUTER_BLANKS.matcher(column).replaceAll(""));
            }
        }
        return columns;
    }

    @Override
    public long total() {
        return source.total();
    }

    @Override
    public long skipped() {
        return source.skipped();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
