package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import java.util.Iterator;
import java.util.List;

/** Inputs from the command line. */
public final class ArgumentSource implements RepeatableSource {
    private final List<String> arguments;
    private Iterator<String> left;

    public ArgumentSource(List<String> arguments) {
        this.arguments = arguments;
        restart();
    }

    @Override
    public Input next() {
        return left.hasNext() ? Input.of(left.next()) : null;
    }

    @Override
    public void restart() {
        left = arguments.iterator();
    }

    @Override
    public long total() {
        return arguments.size();
    }
}
