package dev.workpool.cli.options;

import dev.workpool.cli.input.NamedSource;
import dev.workpool.cli.text.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The end of a command line, from the first {@code :::} or the like on, after which nothing is an option. */
public final class SourceArguments {
    private static final String LINK = "+";

    /** Whether what follows are the names of lists, by separator. */
    private static final Map<String, Boolean> LISTS =
            Map.of(":::", false, "::::", true, ":::" + LINK, false, "::::" + LINK, true);

    private static final String END_OF_OPTIONS = "--";

    private final List<String> arguments;

    private SourceArguments(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Where they begin in a command line; its length if there are none. After {@code --} everything is an input. */
    private static int beginning(String[] line) {
        for (int i = 0; i < line.length; i++) {
            if (line[i].equals(END_OF_OPTIONS)) {
                return line.length;
            }
            if (LISTS.containsKey(line[i])) {
                return i;
            }
        }
        return line.length;
    }

    public static SourceArguments of(String[] line) {
        return new SourceArguments(List.of(line).subList(beginning(line), line.length));
    }

    /** The command line without them. */
    public static String[] withoutThem(String[] line) {
        return Arrays.copyOf(line, beginning(line));
    }

    boolean isEmpty() {
        return arguments.isEmpty();
    }

    /** The first separator. */
    String first() {
        return arguments.get(0);
    }

    /** The sources that they name. */
    List<NamedSource> sources() throws UsageException {
        List<NamedSource> sources = new ArrayList<>();
        int from = 0;
        while (from < arguments.size()) {
            String separator = arguments.get(from);
            int to = from + 1;
            while (to < arguments.size() && !LISTS.containsKey(arguments.get(to))) {
                to++;
            }
            List<String> values = arguments.subList(from + 1, to);
            boolean linked = separator.endsWith(LINK);
            if (!LISTS.get(separator)) {
                sources.add(NamedSource.arguments(values, linked));
            } else if (values.isEmpty()) {
                throw new UsageException(separator + " FILE is missing; allowed: files that can be read, or -");
            } else {
                values.forEach(list -> sources.add(NamedSource.list(list, linked)));
            }
            from = to;
        }
        return sources;
    }
}
