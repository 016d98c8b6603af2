package dev.workpool.cli.operation;

import dev.workpool.cli.text.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command for {@code sh} with holes, {@code {}}, for an input.
 *
 * <p>The shell gets the input in a variable, and each hole becomes that variable, quoted as its place demands: an input is
 * never read as part of the command, whatever is in it. Should the command be quoted in a way that is not understood here,
 * at worst the input is split at blanks.
 */
public final class ShellCommand {
    private static final String HOLE = "{}";
    private static final String SETUP = "WORKPOOL_INPUT=$1; shift; ";
    private static final String VARIABLE = "${WORKPOOL_INPUT}";
    private static final String QUOTED = "\"" + VARIABLE + "\"";

    private static final char NONE = 0; // no NUL is in a command

    /** Stands for the second parenthesis of {@code $((}, and for those within. */
    private static final char ARITHMETIC = '+';

    /** What can be put into arithmetic without quotes, which are not allowed there, and be no more than an operand. */
    private static final Pattern OPERAND = Pattern.compile("[+-]?[0-9A-Za-z_]*");

    private final String text;
    private final String script;
    private final String scriptForOperands;

    public ShellCommand(String command) {
        this.text = command;
        String body = command.contains(HOLE) ? command : command + " " + HOLE;
        this.script = SETUP + fill(body, QUOTED);
        this.scriptForOperands = SETUP + fill(body, VARIABLE);
    }

    /** The command as it was given. */
    String text() {
        return text;
    }

    /** The program and the arguments that run the command for an input. */
    List<String> forInput(String input) {
        String commands = OPERAND.matcher(input).matches() ? scriptForOperands : script;
        if (Names.survivesExec(commands) && Names.survivesExec(input)) {
            return List.of("sh", "-c", commands, "sh", input);
        }
        // The JVM would not pass these bytes on. In octal digits they arrive, for printf to make bytes of them; the dot
        // keeps $( ) from dropping newlines at the end.
        return List.of(
                "sh",
                "-c",
                "workpool=$(printf '%b.' \"$1\"); set -- \"$(printf '%b.' \"$2\")\"; set -- \"${1%.}\"; eval \"${workpool%.}\"",
                "sh",
                octal(commands),
                octal(input));
    }

    private static String fill(String command, String operand) {
        StringBuilder filled = new StringBuilder(command.length() + 64);
        Deque<Character> contexts = new ArrayDeque<>(); // of quotes, and of ( for what $( and ( open
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            char context = contexts.isEmpty() ? NONE : contexts.peek();
            if (command.startsWith(HOLE, i)) {
                filled.append(hole(context, operand));
                i += HOLE.length() - 1;
                continue;
            }
            filled.append(c);
            if (c == '\\' && context != '\'' && i + 1 < command.length()) {
                filled.append(command.charAt(++i));
            } else if (closes(c, context)) {
                contexts.pop();
            } else if (opens(c, context, i > 0 && command.charAt(i - 1) == '$')) {
                boolean arithmetic = context == ARITHMETIC || command.startsWith("$((", i - 2);
                contexts.push((c == '(' && arithmetic) ? ARITHMETIC : c);
            }
        }
        return filled.toString();
    }

    private static boolean closes(char c, char context) {
        boolean parenthesis = context == '(' || context == ARITHMETIC;
        return parenthesis ? c == ')' : c == context;
    }

    private static boolean opens(char c, char context, boolean afterDollar) {
        return switch (c) {
            case '`' -> context != '\'';
            case '"' -> context != '\'';
            case '\'' -> context != '"';
            case '(' -> context != '\'' && (context != '"' || afterDollar);
            default -> false;
        };
    }

    private static String hole(char context, String operand) {
        return switch (context) {
            case '\'' -> "'" + QUOTED + "'";
            case '"' -> VARIABLE;
            case ARITHMETIC -> operand;
            default -> QUOTED;
        };
    }

    private static String octal(String text) {
        StringBuilder octal = new StringBuilder();
        for (byte b : Names.encode(text)) {
            boolean plain = b > ' ' && b != '\\';
            octal.append(plain ? new String(new byte[] {b}, StandardCharsets.US_ASCII) : "\\0%03o".formatted(b & 0xFF));
        }
        return octal.toString();
    }
}
