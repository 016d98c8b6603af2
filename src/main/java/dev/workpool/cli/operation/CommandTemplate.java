package dev.workpool.cli.operation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command of {@code sh} as text with holes in it, where its replacement strings are. Each hole knows how the place is quoted.
 * Immutable.
 */
final class CommandTemplate {
    /** What could be a replacement string. Anything else in braces is left to the shell, and to the programs that it runs. */
    private static final Pattern BRACES = Pattern.compile("\\{([A-Za-z0-9_./#%+:=@?*~^!-]*)}");

    /** Brace expansion of some shells. */
    private static final Pattern RANGE = Pattern.compile("[^.]+\\.\\.[^.]+(\\.\\.[^.]+)?");

    private static final String EXPRESSION = "{=";
    private static final String APPENDED = " {}";

    private final List<Piece> pieces = new ArrayList<>();

    /** How a place in a command is quoted. */
    enum Quoting {
        NONE,
        SINGLE,
        DOUBLE,
        /** Inside {@code $(( ))}, where quotes are not allowed. */
        ARITHMETIC
    }

    /** A part of the command. */
    sealed interface Piece {}

    /** A part that stays as it is. */
    record Text(String text) implements Piece {}

    /**
     * A part that is replaced.
     *
     * @param inBackticks whether the shell reads the place twice, since it is between backticks
     */
    record Hole(Replacement replacement, Quoting quoting, boolean inBackticks) implements Piece {}

    /** What quotes and parentheses are open. */
    private enum Context {
        SINGLE('\'', '\''),
        DOUBLE('"', '"'),
        BACKTICK('`', '`'),
        PARENTHESIS('(', ')'),
        /** The second parenthesis of {@code $((}, and those within. */
        ARITHMETIC('(', ')');

        private final char open;
        private final char close;

        Context(char open, char close) {
            this.open = open;
            this.close = close;
        }
    }

    /**
     * Reads a command.
     *
     * @param command with at least one replacement string, or {@code {}} is appended
     * @param values how many values an input has; −1 if that is not known
     * @throws IllegalArgumentException with a message for the user, if it has an unknown replacement string
     */
    CommandTemplate(String command, int values) {
        read(command, values);
        if (pieces.stream().noneMatch(Hole.class::isInstance)) {
            pieces.clear();
            read(command + APPENDED, values);
        }
    }

    List<Piece> pieces() {
        return pieces;
    }

    private void read(String command, int values) {
        StringBuilder text = new StringBuilder();
        Deque<Context> contexts = new ArrayDeque<>();
        Matcher braces = BRACES.matcher(command);
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            Context context = contexts.peek();
            if (c == '{') {
                boolean parameter = i > 0 && command.charAt(i - 1) == '$' && !command.startsWith("{}", i);
                Replacement replacement = parameter ? null : replacement(command, braces, i, values);
                if (replacement != null) {
                    pieces.add(new Text(text.toString()));
                    text.setLength(0);
                    pieces.add(new Hole(replacement, quoting(context), contexts.contains(Context.BACKTICK)));
                    i = braces.end() - 1;
                    continue;
                }
            }
            text.append(c);
            if (c == '\\' && context != Context.SINGLE && i + 1 < command.length()) {
                text.append(command.charAt(++i));
            } else if (context != null && c == context.close) {
                contexts.pop();
            } else {
                Context opened = opened(command, i, context);
                if (opened != null) {
                    contexts.push(opened);
                }
            }
        }
        pieces.add(new Text(text.toString()));
    }

    /** The replacement string that begins at an index; null if none does. */
    private static Replacement replacement(String command, Matcher braces, int at, int values) {
        if (!braces.region(at, command.length()).lookingAt()) {
            if (command.startsWith(EXPRESSION, at)) {
                throw unknown(EXPRESSION + " … =}", "Perl expressions are not supported; ");
            }
            return null;
        }
        if (RANGE.matcher(braces.group(1)).matches()) {
            return null;
        }
        Replacement replacement = Replacement.parse(braces.group(1));
        if (replacement == null) {
            throw unknown(braces.group(), "");
        }
        if (values >= 0 && Math.abs(replacement.position()) > values) {
            String there = values == 1
                    ? "an input has one value, unless there are more input sources or --colsep; "
                    : "there are %d input sources; ".formatted(values);
            throw unknown(braces.group(), there);
        }
        return replacement;
    }

    private static IllegalArgumentException unknown(String text, String why) {
        String inside = text.substring(1);
        return new IllegalArgumentException(
                "unknown replacement string %s; %sallowed: %s; \\{%s, or {''%s inside single quotes, stays as it is"
                        .formatted(text, why, Replacement.ALLOWED, inside, inside));
    }

    private static Context opened(String command, int at, Context context) {
        char c = command.charAt(at);
        if (context == Context.SINGLE) {
            return null;
        }
        if (c == '(') {
            boolean afterDollar = at > 0 && command.charAt(at - 1) == '$';
            boolean arithmetic = context == Context.ARITHMETIC || command.startsWith("$((", at - 2);
            boolean opens = context != Context.DOUBLE || afterDollar;
            return opens ? arithmetic ? Context.ARITHMETIC : Context.PARENTHESIS : null;
        }
        if (c == Context.SINGLE.open) {
            return context == Context.DOUBLE ? null : Context.SINGLE;
        }
        return c == Context.DOUBLE.open ? Context.DOUBLE : c == Context.BACKTICK.open ? Context.BACKTICK : null;
    }

    private static Quoting quoting(Context context) {
        if (context == null) {
            return Quoting.NONE;
        }
        return switch (context) {
            case SINGLE -> Quoting.SINGLE;
            case DOUBLE -> Quoting.DOUBLE;
            case ARITHMETIC -> Quoting.ARITHMETIC;
            case BACKTICK, PARENTHESIS -> Quoting.NONE;
        };
    }
}
