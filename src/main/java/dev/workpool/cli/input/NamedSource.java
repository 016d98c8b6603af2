package dev.workpool.cli.input;

import java.util.List;

/**
 * An input source as the command line names it.
 *
 * @param list the name of a list, - for standard input; null if there is none
 * @param arguments the inputs, if there is no list
 * @param linked whether it goes together with the source before it
 */
public record NamedSource(String list, List<String> arguments, boolean linked) {
    /** The list whose name means standard input. */
    public static final String STANDARD_INPUT = "-";

    public static NamedSource list(String name, boolean linked) {
        return new NamedSource(name, List.of(), linked);
    }

    public static NamedSource arguments(List<String> inputs, boolean linked) {
        return new NamedSource(null, inputs, linked);
    }

    /** Whether it reads standard input. */
    public boolean isStandardInput() {
        return STANDARD_INPUT.equals(list);
    }
}
