package dev.workpool.cli.operation;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command for a shell, with replacement strings for an input. Immutable.
 *
 * <p>The shell gets what they stand for in variables, and each becomes its variable, quoted as its place demands: an input is never read
 * as part of the command, whatever is in it. Should the command be quoted in a way that is not understood here, at worst the input is
 * split at blanks.
 */
public final class ShellCommand {
    /** The shell that runs commands unless the user names another. */
    public static final String SHELL = "sh";

    private static final String VARIABLE = "WORKPOOL_INPUT";

    /** What can be put into arithmetic without quotes, which are not allowed there, and be no more than an operand. */
    private static final Pattern OPERAND = Pattern.compile("[+-]?[0-9A-Za-z_]*");

    private final String asOption;
    private final String text;
    private final String shell;
    private final int values;
    private final CommandTemplate template;

    /**
     * A command.
     *
     * @param shell the name or path of a shell that reads {@code sh}'s language
     * @param values how many values an input has; −1 if that is not known
     * @param options other options that decide what is run, each with a blank behind it
     * @throws IllegalArgumentException with a message for the user, if it has an unknown replacement string
     */
    public ShellCommand(String command, String shell, int values, String options) {
        this.asOption = options + "--exec " + command;
        this.text = command;
        this.shell = shell;
        this.values = values;
        this.template = new CommandTemplate(command, values);
    }

    /** The command as it was given. */
    public String asOption() {
        return asOption;
    }

    /** The command alone. */
    String text() {
        return text;
    }

    String shell() {
        return shell;
    }

    /** How many values an input has; −1 if that is not known. */
    int values() {
        return values;
    }

    /**
     * The program and the arguments that run the command for an input.
     *
     * @param worker which of the workers runs it, from 1 on
     */
    List<String> forInput(Input input, int worker) {
        Map<String, List<String>> variables = new HashMap<>();
        List<String> arguments = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (CommandTemplate.Piece piece : template.pieces()) {
            if (piece instanceof CommandTemplate.Hole hole) {
                List<String> texts = hole.replacement().of(input, worker);
                List<String> names = variables.computeIfAbsent(
                        hole.replacement().text(),
                        key -> texts.stream()
                                .map(value -> variable(value, arguments))
                                .toList());
                body.append(reference(hole.quoting(), names, texts));
            } else if (piece instanceof CommandTemplate.Text literal) {
                body.append(literal.text());
            }
        }
        return program(setup(arguments.size()) + body, arguments);
    }

    /** The command for an input as a user would type it. */
    public String shown(Input input, int worker) {
        StringBuilder shown = new StringBuilder();
        for (CommandTemplate.Piece piece : template.pieces()) {
            if (piece instanceof CommandTemplate.Hole hole) {
                shown.append(ShellQuotes.quote(hole, hole.replacement().of(input, worker)));
            } else if (piece instanceof CommandTemplate.Text literal) {
                shown.append(literal.text());
            }
        }
        return shown.toString();
    }

    /** Whether a value can stand in arithmetic as it is. */
    static boolean isOperand(String value) {
        return OPERAND.matcher(value).matches();
    }

    private static String variable(String value, List<String> arguments) {
        arguments.add(value);
        return name(arguments.size());
    }

    private static String name(int argument) {
        return argument == 1 ? VARIABLE : VARIABLE + "_" + argument;
    }

    /** Puts the arguments of the shell into the variables, and takes them away. */
    private static String setup(int arguments) {
        StringBuilder setup = new StringBuilder();
        for (int i = 1; i <= arguments; i++) {
            setup.append(name(i)).append("=${").append(i).append("}; ");
        }
        return setup.append("shift ").append(arguments).append("; ").toString();
    }

    private static String reference(CommandTemplate.Quoting quoting, List<String> names, List<String> values) {
        String together = names.stream().map(name -> "${" + name + "}").collect(Collectors.joining(" "));
        return switch (quoting) {
            case NONE -> names.stream().map(name -> "\"${" + name + "}\"").collect(Collectors.joining(" "));
            case SINGLE -> "'\"" + together + "\"'";
            case DOUBLE -> together;
            case ARITHMETIC -> values.stream().allMatch(ShellCommand::isOperand) ? together : "\"" + together + "\"";
        };
    }

    private List<String> program(String script, List<String> arguments) {
        List<String> program = new ArrayList<>(List.of(shell, "-c"));
        if (Names.survivesExec(script) && arguments.stream().allMatch(Names::survivesExec)) {
            program.add(script);
            program.add(shell);
            program.addAll(arguments);
            return program;
        }
        // The JVM would not pass these bytes on. In octal digits they arrive, for printf to make bytes of them; the dot
        // keeps $( ) from dropping newlines at the end.
        StringBuilder decode = new StringBuilder("workpool=").append(decoded(1)).append("; set --");
        for (int i = 2; i <= arguments.size() + 1; i++) {
            decode.append(" \"").append(decoded(i)).append('"');
        }
        decode.append("; set --");
        for (int i = 1; i <= arguments.size(); i++) {
            decode.append(" \"${").append(i).append("%.}\"");
        }
        program.add(decode.append("; eval \"${workpool%.}\"").toString());
        program.add(shell);
        program.add(octal(script));
        arguments.forEach(argument -> program.add(octal(argument)));
        return program;
    }

    private static String decoded(int argument) {
        return "$(printf %%b. \"${%d}\")".formatted(argument);
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
