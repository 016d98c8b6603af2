package dev.workpool.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.Result;

/** A result that only knows whether it was let go of. */
public final class Leftover implements Result {
    private boolean closed;

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void writeText(String input, Sink out) {}

    @Override
    public void writeFields(JsonGenerator json) {}

    @Override
    public void close() {
        closed = true;
    }
}
