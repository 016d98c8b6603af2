package dev.workpool.cli.console;

import dev.workpool.cli.text.Names;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Standard output, buffered. Unlike a {@link java.io.PrintStream} it tells when it cannot write.
 *
 * <p>Not thread-safe: the thread that reports outcomes has it to itself.
 */
public final class Sink {
    private static final int SIZE = 1 << 16;

    private final OutputStream out;
    private final Runnable beforeWriting;
    private final byte[] buffer = new byte[SIZE];
    private int used;
    private long accepted;
    private long reached;

    /**
     * A sink over a stream.
     *
     * @param out must not buffer
     * @param beforeWriting called before anything reaches the stream, to take the progress bar off the terminal
     */
    public Sink(OutputStream out, Runnable beforeWriting) {
        this.out = out;
        this.beforeWriting = beforeWriting;
    }

    public void write(byte[] bytes, int from, int length) throws IOException {
        accepted += length;
        if (length > SIZE - used) {
            flush();
        }
        if (length > SIZE) {
            writeOut(bytes, from, length);
            return;
        }
        System.arraycopy(bytes, from, buffer, used, length);
        used += length;
    }

    /** Writes a string as {@link Names} turns it into bytes. */
    public void write(String text) throws IOException {
        byte[] bytes = Names.encode(text);
        write(bytes, 0, bytes.length);
    }

    /** Writes all that there is in a stream. */
    public void write(InputStream bytes) throws IOException {
        byte[] piece = new byte[SIZE];
        for (int n = bytes.read(piece); n >= 0; n = bytes.read(piece)) {
            write(piece, 0, n);
        }
    }

    public void flush() throws IOException {
        int length = used;
        used = 0; // what could not be written is not tried again
        if (length > 0) {
            writeOut(buffer, 0, length);
        }
    }

    private void writeOut(byte[] bytes, int from, int length) throws IOException {
        beforeWriting.run();
        long before = position();
        try {
            out.write(bytes, from, length);
            out.flush();
            reached += length;
        } catch (IOException e) {
            reached += Math.max(0, Math.min(length, position() - before));
            throw new WriteException(e);
        }
    }

    /** How far the file is written: a disk that becomes full takes the first bytes of a piece. 0 of what is no file. */
    private long position() {
        try {
            return out instanceof FileOutputStream file ? file.getChannel().position() : 0;
        } catch (IOException e) {
            return 0; // a pipe or a terminal, which take all or nothing that can be told
        }
    }

    /** How many bytes it was given. */
    public long accepted() {
        return accepted;
    }

    /** How many of them have certainly reached the stream. Nothing is written after what has not. */
    public long reached() {
        return reached;
    }

    /** Standard output cannot be written to, as opposed to something else that cannot be read from. */
    public static final class WriteException extends IOException {
        private static final long serialVersionUID = 1L;

        WriteException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
