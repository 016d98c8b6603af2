package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/** The jobs of a run, one for each input, as the pool takes them. Used by the one thread that does, which may block in here. */
public final class Inputs implements Iterator<Job> {
    private final InputSource source;
    private final Consumer<Throwable> onEnd;
    private Job next;
    private long jobs;
    private boolean ended;

    /**
     * Inputs of which none has been read.
     *
     * @param onEnd called once when there are no more, with the error if that is why, else null; every job before has been taken by then
     */
    public Inputs(InputSource source, Consumer<Throwable> onEnd) {
        this.source = source;
        this.onEnd = onEnd;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            read();
        }
        return next != null;
    }

    @Override
    public Job next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more inputs");
        }
        Job job = next;
        next = null;
        return job;
    }

    private void read() {
        Throwable error = null;
        try {
            Input input = source.next();
            if (input != null) {
                next = new Job(input, jobs++);
                return;
            }
        } catch (IOException | RuntimeException | Error e) {
            error = e;
        }
        ended = true;
        onEnd.accept(error);
    }
}
