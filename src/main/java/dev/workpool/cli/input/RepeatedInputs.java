package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Inputs that are kept, to make new jobs of them again and again. Immutable. */
public final class RepeatedInputs implements Iterable<Job> {
    /** More are left out: what is measured does not get better by more. */
    public static final int MOST = 100_000;

    private final List<Input> inputs;

    private RepeatedInputs(List<Input> inputs) {
        this.inputs = inputs;
    }

    /** Reads them, as many as are kept. Blocks. */
    public static RepeatedInputs of(InputSource source) throws IOException {
        List<Input> inputs = new ArrayList<>();
        for (Input input = source.next(); input != null; input = source.next()) {
            inputs.add(input);
            if (inputs.size() == MOST) {
                break;
            }
        }
        return new RepeatedInputs(inputs);
    }

    public int size() {
        return inputs.size();
    }

    /** New jobs of all inputs, in their order. */
    @Override
    public Iterator<Job> iterator() {
        Iterator<Input> each = inputs.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public Job next() {
                return new Job(each.next(), 0);
            }
        };
    }
}
