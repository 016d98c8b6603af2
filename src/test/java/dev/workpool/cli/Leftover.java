package dev.workpool.cli;

import com.fasterxml.jackson.core.JsonGenerator;

/** A result that only knows whether it was let go of. */
final class Leftover implements Result {
    private boolean closed;

    boolean isClosed() {
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
