package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import java.util.Iterator;
import java.util.List;

/** Inputs from the command line. */
public final class ArgumentSource implements InputSource {
    private final Iterator<String> arguments;
    private final long total;

    public ArgumentSource(List<String> arguments) {
        this.arguments = arguments.iterator();
        this.total = arguments.size();
    }

    @Override
    public Input next() {
        return arguments.hasNext() ? Input.of(arguments.next()) : null;
    }

    @Override
    public long total() {
        return total;
    }
}
