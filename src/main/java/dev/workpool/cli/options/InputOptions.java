package dev.workpool.cli.options;

import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.input.NamedSource;
import dev.workpool.cli.input.SourceOpener;
import dev.workpool.cli.operation.Sha256Operation;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** What a command is to work on: arguments, the entries of lists, or combinations of them. */
public final class InputOptions {
    private static final NamedSource STANDARD_INPUT = NamedSource.list(NamedSource.STANDARD_INPUT, false);

    @Option(
            names = {"-a", "--input", "--arg-file"},
            paramLabel = "FILE",
            description = "Read inputs from the lines of FILE, - for standard input. Standard input is also read where "
                    + "no input is named, unless it is a terminal.")
    private String list;

    @Option(
            names = {"-0", "--null"},
            description = "Entries of lists end with a NUL byte instead of a newline.")
    private boolean nul;

    @Option(
            names = {"-C", "--colsep"},
            paramLabel = "REGEXP",
            converter = Separator.class,
            description =
                    "Split each input of --exec into columns, for {1}, {2} and so on, without the blanks around them.")
    private Pattern separator;

    @Parameters(
            paramLabel = "INPUT",
            arity = "0..*",
            description =
                    "A file or folder, an input of CMD, or a URL. Or input sources after all options: ::: INPUT... "
                            + "or :::: FILE..., each file a source. Several are combined, each input with each; :::+ and ::::+ "
                            + "link a source to the one before instead.")
    private List<String> arguments = List.of();

    private final SourceArguments more;

    /** Reads a regular expression. */
    static final class Separator implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String value) {
            try {
                if (!value.isEmpty()) {
                    return Pattern.compile(value);
                }
            } catch (PatternSyntaxException e) {
                throw notAllowed(value, ": " + e.getDescription());
            }
            throw notAllowed(value, "");
        }

        private static TypeConversionException notAllowed(String value, String why) {
            return new TypeConversionException("'" + value + "'" + why + "; allowed: " + Allowed.COLUMN_SEPARATOR);
        }
    }

    /**
     * Options that nobody has given yet.
     *
     * @param more the end of the command line, of which picocli knows nothing
     */
    public InputOptions(SourceArguments more) {
        this.more = more;
    }

    /**
     * Checks that there is something, and in one way.
     *
     * @param toDo what there is nothing for, if there is nothing
     * @param terminal whether standard input is one, so that it is not read unless it is named
     * @param command whether the inputs are a command's
     */
    public void check(String toDo, boolean terminal, boolean command) throws UsageException {
        if (arguments.isEmpty() && list == null && more.isEmpty() && terminal) {
            throw new UsageException("nothing to " + toDo
                    + ": give INPUT… or --input FILE (--input - reads standard input, which is a terminal)");
        }
        if (!arguments.isEmpty() && (list != null || !more.isEmpty())) {
            throw new UsageException("INPUT '" + arguments.get(0) + "' and "
                    + (list == null
                            ? more.first() + " exclude each other; a command is one argument: --exec 'CMD'"
                            : "--input '" + list + "' exclude each other"));
        }
        List<NamedSource> sources = sources();
        if (nul && lists().isEmpty()) {
            throw new UsageException("--null is about the entries of a list: give --input FILE as well");
        }
        if (separator != null && !command) {
            throw new UsageException("--colsep is about the values of a command: give --exec CMD as well");
        }
        if (sources.size() > 1 && !command) {
            throw new UsageException(sources.size()
                    + " input sources are combined for a command alone: give --exec CMD " + "as well, or one source");
        }
        if (sources.get(0).linked()) {
            throw new UsageException(more.first() + " links to the input source before it, and there is none; allowed: "
                    + more.first().replace("+", ""));
        }
        if (Collections.frequency(lists(), NamedSource.STANDARD_INPUT) > 1) {
            throw new UsageException("- more than once: standard input can be read once; allowed: one -");
        }
    }

    /** The sources, of which there is at least one. */
    private List<NamedSource> sources() throws UsageException {
        List<NamedSource> sources = new ArrayList<>();
        if (list != null) {
            sources.add(NamedSource.list(list, false));
        }
        if (!arguments.isEmpty()) {
            sources.add(NamedSource.arguments(arguments, false));
        }
        sources.addAll(more.sources());
        return sources.isEmpty() ? List.of(STANDARD_INPUT) : sources;
    }

    /** The names of the lists. */
    public List<String> lists() throws UsageException {
        return sources().stream()
                .map(NamedSource::list)
                .filter(name -> name != null)
                .toList();
    }

    /**
     * Opens what was named.
     *
     * @param in standard input
     */
    public InputSource open(InputStream in) throws UsageException, IOException {
        return new SourceOpener(in, nul).open(sources(), separator);
    }

    /** How many values an input has; −1 if each may have another number. */
    public int values() throws UsageException {
        return separator == null ? sources().size() : -1;
    }

    /** What distinguishes the values of the same inputs, as options; empty if there is nothing. */
    public String asOptions() {
        return separator == null ? "" : "--colsep " + separator + " ";
    }

    public boolean readsStandardInput() throws UsageException {
        return lists().contains(NamedSource.STANDARD_INPUT);
    }

    /** How often standard input is an input itself. */
    public int standardInputs() throws UsageException {
        return sources().stream()
                .mapToInt(source -> Collections.frequency(source.arguments(), Sha256Operation.STANDARD_INPUT))
                .sum();
    }
}
