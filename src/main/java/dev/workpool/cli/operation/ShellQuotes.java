package dev.workpool.cli.operation;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Quotes values so that a shell reads them as they are, as GNU parallel does where it shows commands. */
final class ShellQuotes {
    private static final Pattern PLAIN = Pattern.compile("[-_.+A-Za-z0-9/]+");

    private ShellQuotes() {}

    /** What values look like in a hole of a command. */
    static String quote(CommandTemplate.Hole hole, List<String> values) {
        String quoted = switch (hole.quoting()) {
            case NONE -> values.stream().map(ShellQuotes::quote).collect(Collectors.joining(" "));
            case SINGLE -> quoteQuotes(String.join(" ", values));
            case DOUBLE -> String.join(" ", values).replaceAll("[\\\\\"$`]", "\\\\$0");
            case ARITHMETIC ->
                values.stream().allMatch(ShellCommand::isOperand)
                        ? String.join(" ", values)
                        : quote(String.join(" ", values));
        };
        return hole.inBackticks() ? quoted.replaceAll("[\\\\$`]", "\\\\$0") : quoted;
    }

    /** A value as one word. */
    static String quote(String value) {
        if (value.isEmpty()) {
            return "''";
        }
        if (PLAIN.matcher(value).matches()) {
            return value;
        }
        String quoted = "'" + quoteQuotes(value) + "'";
        if (quoted.startsWith("''")) {
            quoted = quoted.substring(2);
        }
        return quoted.endsWith("''") ? quoted.substring(0, quoted.length() - 2) : quoted;
    }

    /** What becomes of single quotes between single quotes. */
    private static String quoteQuotes(String value) {
        return value.replaceAll("'+", "'\"$0\"'");
    }
}
