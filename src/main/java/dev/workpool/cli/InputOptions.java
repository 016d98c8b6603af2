package dev.workpool.cli;

import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a command is to work on: arguments, or the entries of a list. */
final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Read inputs from the lines of FILE, - for standard input.")
    private String list;

    @Option(names = "--null", description = "Entries of --input end with a NUL byte instead of a newline.")
    private boolean nul;

    @Parameters(paramLabel = "INPUT", arity = "0..*", description = "A file or folder, an input of CMD, or a URL.")
    private List<String> arguments = List.of();

    /**
     * Checks that there is something, and in one way.
     *
     * @param toDo what there is nothing for, if there is nothing
     */
    void check(String toDo) throws UsageException {
        if (arguments.isEmpty() && list == null) {
            throw new UsageException(
                    "nothing to " + toDo + ": give INPUT… or --input FILE (--input - reads standard input)");
        }
        if (!arguments.isEmpty() && list != null) {
            throw new UsageException(
                    "INPUT '" + arguments.get(0) + "' and --input '" + list + "': give one or the other");
        }
        if (nul && list == null) {
            throw new UsageException("--null is about the entries of a list: give --input FILE as well");
        }
    }

    List<String> arguments() {
        return arguments;
    }

    /** Null if there is none. */
    String list() {
        return list;
    }

    boolean isNul() {
        return nul;
    }

    boolean readsStandardInput() {
        return "-".equals(list);
    }

    /** How often standard input is an argument. */
    int standardInputs() {
        return Collections.frequency(arguments, Sha256Operation.STANDARD_INPUT);
    }
}
