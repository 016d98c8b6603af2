package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All combinations of several sources' inputs, made one by one as they are needed: the last source's inputs change with each, and the
 * first one's are read once. Linked sources go together, each input with those at its place in the others, and end with the shortest.
 */
final class CombinedSource implements InputSource {
    private final List<InputSource> first;
    private final List<List<RepeatableSource>> others;

    /** What the groups of linked sources have given last; empty before the first combination. */
    private final List<List<Input>> current = new ArrayList<>();

    /**
     * A source over groups of linked ones, of at least one source each.
     *
     * @param first those whose inputs change least often
     * @param others those that are read again and again
     */
    CombinedSource(List<InputSource> first, List<List<RepeatableSource>> others) {
        this.first = first;
        this.others = others;
    }

    @Override
    public Input next() throws IOException {
        if (!(current.isEmpty() ? begin() : advance())) {
            return null;
        }
        return Input.combined(current.stream().flatMap(List::stream).toList());
    }

    private boolean begin() throws IOException {
        for (int group = 0; group <= others.size(); group++) {
            List<Input> inputs = next(group(group));
            if (inputs == null) {
                current.clear();
                return false;
            }
            current.add(inputs);
        }
        return true;
    }

    private boolean advance() throws IOException {
        int at = others.size();
        List<Input> inputs = next(group(at));
        while (inputs == null) {
            if (at == 0) {
                return false;
            }
            for (RepeatableSource source : others.get(at - 1)) {
                source.restart();
            }
            current.set(at, next(group(at)));
            at--;
            inputs = next(group(at));
        }
        current.set(at, inputs);
        return true;
    }

    private List<? extends InputSource> group(int index) {
        return index == 0 ? first : others.get(index - 1);
    }

    /** The next inputs of linked sources; null at the end of any. */
    private static List<Input> next(List<? extends InputSource> group) throws IOException {
        List<Input> inputs = new ArrayList<>(group.size());
        for (InputSource source : group) {
            Input input = source.next();
            if (input == null) {
                return null;
            }
            inputs.add(input);
        }
        return inputs;
    }

    @Override
    public long total() {
        long total = 1;
        for (int i = 0; i <= others.size(); i++) {
            long rows = Long.MAX_VALUE;
            for (InputSource source : group(i)) {
                if (source.total() < 0) {
                    return -1;
                }
                rows = Math.min(rows, source.total());
            }
            if (rows != 0 && total > Long.MAX_VALUE / rows) {
                return -1;
            }
            total *= rows;
        }
        return total;
    }

    /** Closes them all, and tells of the first that could not be. */
    @Override
    public void close() throws IOException {
        IOException problem = null;
        for (int i = 0; i <= others.size(); i++) {
            for (InputSource source : group(i)) {
                try {
                    source.close();
                } catch (IOException e) {
                    problem = problem == null ? e : problem;
                }
            }
        }
        if (problem != null) {
            throw problem;
        }
    }
}
