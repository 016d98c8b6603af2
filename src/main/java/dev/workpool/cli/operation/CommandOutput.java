package dev.workpool.cli.operation;

import dev.workpool.cli.console.Spool;
import dev.workpool.cli.console.TaggedStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What a command writes to one of its streams: kept until the command has ended, but for lines that are shown before that. Used by one
 * thread at a time.
 */
final class CommandOutput implements AutoCloseable {
    private static final int PIECE = 8192;

    private final Spool.Budget memory;
    private final String tag;
    private Spool spool;

    /** How much has been kept, and how much of that are whole lines. */
    private long kept;

    private long whole;

    /**
     * Nothing has been written yet.
     *
     * @param tag what each line begins with, before a tab; null for nothing
     */
    CommandOutput(Spool.Budget memory, String tag) {
        this.memory = memory;
        this.tag = tag;
        this.spool = new Spool(memory);
    }

    void write(byte[] bytes, int length) throws IOException {
        spool.write(bytes, length);
        for (int i = length - 1; i >= 0; i--) {
            if (bytes[i] == '\n') {
                whole = kept + i + 1;
                break;
            }
        }
        kept += length;
    }

    /** Shows the whole lines that there are, and keeps the rest. */
    void showLines(LineOutput lines, boolean error) throws IOException {
        if (whole == 0) {
            return;
        }
        InputStream all = spool.content();
        Beginning beginning = new Beginning(all, whole);
        Spool rest = new Spool(memory);
        try {
            lines.show(tagged(beginning), error);
            beginning.transferTo(OutputStream.nullOutputStream()); // what could not be shown is not shown later
            byte[] piece = new byte[PIECE];
            for (int n = all.read(piece); n >= 0; n = all.read(piece)) {
                rest.write(piece, n);
            }
        } finally {
            spool.close();
            spool = rest;
        }
        kept -= whole;
        whole = 0;
    }

    /** Writes what is kept, without what each line begins with. Nothing may be written to it afterwards. */
    void write(DataOutput out) throws IOException {
        byte[] bytes = spool.content().readAllBytes();
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Keeps what {@link #write} wrote. */
    void read(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        write(bytes, bytes.length);
    }

    boolean isEmpty() {
        return spool.isEmpty();
    }

    /** What is kept, as it is shown. Nothing may be written afterwards. */
    InputStream content() throws IOException {
        return tagged(spool.content());
    }

    private InputStream tagged(InputStream bytes) {
        return tag == null ? bytes : new TaggedStream(bytes, tag);
    }

    @Override
    public void close() {
        spool.close();
    }

    /** The first bytes of another stream. */
    private static final class Beginning extends InputStream {
        private final InputStream in;
        private long left;

        Beginning(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int n = left == 0 ? -1 : in.read(to, from, (int) Math.min(left, length));
            left -= Math.max(0, n);
            return n;
        }
    }
}
