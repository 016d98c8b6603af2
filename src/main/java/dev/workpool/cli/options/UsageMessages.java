package dev.workpool.cli.options;

import dev.workpool.cli.text.Allowed;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the user reads about a command line that picocli could not make sense of: one line with what is allowed. */
public final class UsageMessages {
    private static final int MOST_SIMILAR = 3;

    private UsageMessages() {}

    /** What xargs and others call something that has another name here. */
    private static final Map<String, String> ELSEWHERE =
            Map.of("-P", "--workers", "--max-procs", "--workers", "--eta", "--progress", "--bar", "--progress");

    /**
     * The line about an error.
     *
     * @param written the command line, for options to be called as they were there
     */
    public static String of(ParameterException error, String... written) {
        if (error instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            String name = nameOf(option);
            return asWritten(option, written) + ": " + option.paramLabel() + " is missing; allowed: "
                    + Allowed.after(name, option.paramLabel());
        }
        if (error instanceof OverwrittenOptionException doubled) {
            return asWritten(doubled.getOverwritten(), written) + " more than once; allowed: once";
        }
        if (error instanceof MaxValuesExceededException) {
            return "--sha256, --exec or --get more than once; allowed: one of them, once";
        }
        String message =
                error.getMessage().lines().findFirst().orElse("wrong usage").replaceFirst("^Error: ", "");
        if (error instanceof UnmatchedArgumentException unmatched) {
            return (unmatched.isUnknownOption() ? message : unexpected(unmatched)) + "; " + instead(unmatched)
                    + error.getCommandLine().getCommandSpec().qualifiedName() + " --help lists what is allowed";
        }
        return error.getArgSpec() instanceof OptionSpec option
                ? message.replace("'" + nameOf(option) + "'", "'" + asWritten(option, written) + "'")
                : message;
    }

    private static String unexpected(UnmatchedArgumentException error) {
        String first = "'" + error.getUnmatched().get(0) + "'";
        return error.getCommandLine().getSubcommands().isEmpty()
                ? "the argument " + first + " is not expected"
                : "there is no command " + first;
    }

    /** What may have been meant; empty if nobody knows. */
    private static String instead(UnmatchedArgumentException error) {
        String first = error.getUnmatched().get(0);
        List<String> similar = ELSEWHERE.containsKey(first)
                ? List.of(ELSEWHERE.get(first))
                : error.getSuggestions().stream().limit(MOST_SIMILAR).toList();
        if (!similar.isEmpty()) {
            return "did you mean " + String.join(" or ", similar) + "? ";
        }
        OptionSpec store = error.getCommandLine().getCommandSpec().findOption("--store");
        if (!error.isUnknownOption() && store != null && store.getValue() == null) {
            return "a store is named by --store " + first + "; ";
        }
        boolean isBeforeCommand = !error.getCommandLine().getSubcommands().isEmpty() && first.startsWith("-");
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        String example = command.endsWith(" queue") ? " status --store FILE" : " run --exec CMD";
        return isBeforeCommand ? "options come after a command, as in " + command + example + "; " : "";
    }

    private static String asWritten(ArgSpec argument, String... written) {
        return argument instanceof OptionSpec option
                ? Stream.of(written)
                        .flatMap(word -> Stream.of(option.names()).filter(name -> isNamed(word, name)))
                        .findFirst()
                        .orElse(nameOf(option))
                : argument.paramLabel();
    }

    private static boolean isNamed(String word, String name) {
        boolean isLong = name.startsWith("--");
        return word.equals(name) || word.startsWith(isLong ? name + "=" : name);
    }

    /** The first long name; others are what it is called elsewhere. */
    public static String nameOf(OptionSpec option) {
        return Stream.of(option.names())
                .filter(name -> name.startsWith("--"))
                .findFirst()
                .orElseThrow();
    }
}
