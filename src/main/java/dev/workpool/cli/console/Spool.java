package dev.workpool.cli.console;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that are kept until they can be written: a few in memory, more in a temporary file. The file is deleted as soon as
 * it is open, which leaves it usable and leaves nothing behind, however the process ends.
 *
 * <p>Used by one thread at a time.
 */
public final class Spool implements AutoCloseable {
    /** How much one spool keeps in memory. */
    public static final int IN_MEMORY = 1 << 16;

    private final Budget budget;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream(0);
    private long reserved;
    private FileChannel file;

    /** How much all the spools that share it may keep in memory together. Thread-safe. */
    public static final class Budget {
        private final AtomicLong left;

        public Budget(long bytes) {
            left = new AtomicLong(bytes);
        }

        private boolean take(long bytes) {
            if (left.addAndGet(-bytes) >= 0) {
                return true;
            }
            left.addAndGet(bytes);
            return false;
        }

        private void giveBack(long bytes) {
            left.addAndGet(bytes);
        }
    }

    public Spool(Budget budget) {
        this.budget = budget;
    }

    public void write(byte[] bytes, int length) throws IOException {
        if (file == null && memory.size() + length <= IN_MEMORY && budget.take(length)) {
            reserved += length;
            memory.write(bytes, 0, length);
            return;
        }
        if (file == null) {
            file = open();
            writeToFile(memory.toByteArray(), memory.size());
            dropMemory();
        }
        writeToFile(bytes, length);
    }

    /** What was written, from the beginning; nothing may be written afterwards. Each call begins anew, and ends what another gave. */
    public InputStream content() throws IOException {
        if (file == null) {
            return new ByteArrayInputStream(memory.toByteArray());
        }
        return Channels.newInputStream(file.position(0));
    }

    public boolean isEmpty() {
        return file == null && memory.size() == 0;
    }

    @Override
    public void close() {
        dropMemory();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // nothing was waiting to reach the disk, and the file is gone
        }
    }

    private void dropMemory() {
        budget.giveBack(reserved);
        reserved = 0;
        memory = new ByteArrayOutputStream(0);
    }

    private void writeToFile(byte[] bytes, int length) throws IOException {
        ByteBuffer piece = ByteBuffer.wrap(bytes, 0, length);
        while (piece.hasRemaining()) {
            file.write(piece);
        }
    }

    private static FileChannel open() throws IOException {
        String named = System.getenv("TMPDIR");
        String folder = named == null || named.isEmpty() ? System.getProperty("java.io.tmpdir") : named;
        Path path;
        try {
            path = Files.createTempFile(Path.of(folder), "workpool-", ".out");
        } catch (IOException | InvalidPathException e) { // whose message would look as if the input was meant
            throw new IOException(
                    "its output needs a temporary file, which TMPDIR '" + folder + "' has no place for: " + e, e);
        }
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(path);
        }
    }
}
