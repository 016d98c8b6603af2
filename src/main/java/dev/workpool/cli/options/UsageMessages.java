package dev.workpool.cli.options;

import dev.workpool.cli.text.Allowed;
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
    private UsageMessages() {}

    public static String of(ParameterException error) {
        if (error instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            String name = nameOf(option);
            return name + ": " + option.paramLabel() + " is missing; allowed: "
                    + Allowed.after(name, option.paramLabel());
        }
        if (error instanceof OverwrittenOptionException doubled) {
            return nameOf(doubled.getOverwritten()) + " more than once; allowed: once";
        }
        if (error instanceof MaxValuesExceededException) {
            return "--sha256, --exec or --get more than once; allowed: one of them, once";
        }
        String message =
                error.getMessage().lines().findFirst().orElse("wrong usage").replaceFirst("^Error: ", "");
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        boolean unknown = error instanceof UnmatchedArgumentException;
        return message + (unknown ? "; " + command + " --help lists what is allowed" : "");
    }

    private static String nameOf(ArgSpec argument) {
        return argument instanceof OptionSpec option ? nameOf(option) : argument.paramLabel();
    }

    /** The first long name; others are what it is called elsewhere. */
    public static String nameOf(OptionSpec option) {
        return Stream.of(option.names())
                .filter(name -> name.startsWith("--"))
                .findFirst()
                .orElseThrow();
    }
}
