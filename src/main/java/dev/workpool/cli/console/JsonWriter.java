package dev.workpool.cli.console;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Writes JSON to a sink, in UTF-8. A lone surrogate, which stands for a byte that is no UTF-8, becomes an escape such as
 * {@code \udcff}: JSON can say it so, and it occurs in strings alone.
 */
public final class JsonWriter extends Writer {
    private final Sink out;
    private char high;

    public JsonWriter(Sink out) {
        this.out = out;
    }

    @Override
    public void write(char[] chars, int from, int length) throws IOException {
        StringBuilder text = new StringBuilder(length + 1);
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            if (high != 0 && Character.isLowSurrogate(c)) {
                text.append(high).append(c);
                high = 0;
                continue;
            }
            finishHigh(text);
            if (Character.isHighSurrogate(c)) {
                high = c; // its other half may come with the next call
            } else if (Character.isLowSurrogate(c)) {
                text.append(escape(c));
            } else {
                text.append(c);
            }
        }
        write(text);
    }

    private void finishHigh(StringBuilder text) {
        if (high != 0) {
            text.append(escape(high));
            high = 0;
        }
    }

    private static String escape(char c) {
        return "\\u%04x".formatted((int) c);
    }

    private void write(StringBuilder text) throws IOException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
    }

    /** Does nothing: when the sink is flushed is decided elsewhere. */
    @Override
    public void flush() {}

    @Override
    public void close() {}
}
