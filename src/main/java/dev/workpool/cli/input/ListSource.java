package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Inputs from a list: lines, of which empty ones are skipped, or entries that each end with a NUL byte. The last needs no
 * end. An entry longer than {@link #MAX_LENGTH} is an unusable input, and of it only the beginning is kept.
 */
public final class ListSource implements InputSource {
    /** No file's name and no argument of a command is as long, but a file that is no list may have such lines. */
    static final int MAX_LENGTH = 1 << 17;

    private static final int SHOWN = 60;

    private final InputStream in;
    private final byte end;
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int limit;

    public ListSource(InputStream in, boolean nulTerminated) {
        this.in = in;
        this.end = (byte) (nulTerminated ? 0 : '\n');
    }

    @Override
    public Input next() throws IOException {
        ByteArrayOutputStream begun = null;
        long length = 0;
        while (true) {
            if (next == limit && !fill()) {
                return begun == null ? null : input(begun.toByteArray(), 0, begun.size(), length);
            }
            int from = next;
            while (next < limit && buffer[next] != end) {
                next++;
            }
            length += next - from;
            boolean complete = next < limit;
            if (complete) {
                next++;
                if (begun == null) {
                    if (length == 0 && end == '\n') {
                        continue;
                    }
                    return input(buffer, from, from + (int) length, length);
                }
            }
            begun = begun == null ? new ByteArrayOutputStream() : begun;
            int room = MAX_LENGTH - begun.size();
            begun.write(buffer, from, Math.min(room, next - from - (complete ? 1 : 0)));
            if (complete) {
                return input(begun.toByteArray(), 0, begun.size(), length);
            }
        }
    }

    private boolean fill() throws IOException {
        next = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    private Input input(byte[] bytes, int from, int to, long length) {
        if (length > MAX_LENGTH) {
            return Input.unusable(
                    Names.decode(bytes, from, from + SHOWN) + "…",
                    "an input of %d bytes; allowed: at most %d".formatted(length, MAX_LENGTH));
        }
        if (end == '\n' && hasNul(bytes, from, to)) {
            return Input.unusable(
                    Names.decode(bytes, from, Math.min(to, from + SHOWN)),
                    "a line with a NUL byte, which no name has; if entries end with NUL bytes: --null");
        }
        return Input.of(Names.decode(bytes, from, to));
    }

    private static boolean hasNul(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
