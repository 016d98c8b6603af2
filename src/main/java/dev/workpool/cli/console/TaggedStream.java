package dev.workpool.cli.console;

import dev.workpool.cli.text.Names;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of another stream, with a tag and a tab at the beginning of each line. Not thread-safe. */
public final class TaggedStream extends InputStream {
    private final InputStream in;
    private final byte[] tag;
    private boolean lineBegins = true;

    /** What is left of a tag that is being read. */
    private int tagFrom;

    /** A byte that comes after the tag that is being read. */
    private int held = -1;

    public TaggedStream(InputStream in, String tag) {
        this.in = new BufferedInputStream(in);
        this.tag = Names.encode(tag + "\t");
        this.tagFrom = this.tag.length;
    }

    @Override
    public int read() throws IOException {
        if (tagFrom < tag.length) {
            return tag[tagFrom++] & 0xFF;
        }
        int b = held >= 0 ? held : in.read();
        if (held < 0 && lineBegins && b >= 0) {
            held = b; // a tag only where a line begins, which the end of the stream is not
            lineBegins = false;
            tagFrom = 1;
            return tag[0] & 0xFF;
        }
        held = -1;
        lineBegins = b == '\n';
        return b;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        int n = 0;
        while (n < length) {
            int b = read();
            if (b < 0) {
                return n == 0 ? -1 : n;
            }
            to[from + n++] = (byte) b;
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
