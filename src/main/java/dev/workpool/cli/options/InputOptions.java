package dev.workpool.cli.options;

import dev.workpool.cli.operation.Sha256Operation;
import dev.workpool.cli.text.UsageException;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a command is to work on: arguments, or the entries of a list. */
public final class InputOptions {
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
    public void check(String toDo) throws UsageException {
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

    public List<String> arguments() {
        return arguments;
    }

    /** Null if there is none. */
    public String list() {
        return list;
    }

    public boolean isNul() {
        return nul;
    }

    public boolean readsStandardInput() {
        return "-".equals(list);
    }

    /** How often standard input is an argument. */
    public int standardInputs() {
        return Collections.frequency(arguments, Sha256Operation.STANDARD_INPUT);
    }
}
