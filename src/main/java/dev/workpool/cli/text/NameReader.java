package dev.workpool.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** Reads bytes of any length as {@link Names} decodes them. */
public final class NameReader extends Reader {
    private final InputStream in;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final ByteBuffer bytes = ByteBuffer.allocate(8192).flip();
    private final StringBuilder chars = new StringBuilder();
    private int next;
    private boolean ended;

    public NameReader(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(char[] to, int from, int length) throws IOException {
        while (next == chars.length() && !ended) {
            fill();
        }
        int n = Math.min(length, chars.length() - next);
        if (n == 0) {
            return length == 0 ? 0 : -1;
        }
        chars.getChars(next, next + n, to, from);
        next += n;
        return n;
    }

    private void fill() throws IOException {
        chars.setLength(0);
        next = 0;
        bytes.compact();
        int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
        ended = n < 0;
        bytes.position(bytes.position() + Math.max(0, n)).flip();
        Names.decode(bytes, utf8, ended, chars);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
