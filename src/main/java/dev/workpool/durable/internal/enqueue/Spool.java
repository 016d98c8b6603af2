package dev.workpool.durable.internal.enqueue;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Holds the segments of a batch until all of them are there, in memory up to a size and beyond it in a temporary file.
 * So a batch of any size is written in one short transaction, which can be tried again, however slowly its jobs come.
 * Not thread-safe.
 */
public final class Spool implements AutoCloseable {
    private static final long IN_MEMORY = 8L << 20;

    private static final String TEMPORARY = System.getProperty("java.io.tmpdir");

    private final List<NewSegment> segments = new ArrayList<>();
    private long bytes;
    private Path file;
    private DataOutputStream out;
    private int inFile;

    /** Appends a segment. */
    public void add(NewSegment segment) {
        if (bytes + segment.block().length <= IN_MEMORY) {
            segments.add(segment);
            bytes += segment.block().length;
            return;
        }
        bytes = IN_MEMORY; // the order is to stay
        try {
            if (out == null) {
                file = Files.createTempFile("workpool-jobs", ".tmp");
                out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
            }
            out.writeLong(segment.jobs().lowest());
            out.writeInt(segment.jobs().size());
            out.writeInt(segment.lane());
            out.writeInt(segment.block().length);
            out.write(segment.block());
            inFile++;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "jobs that are to be enqueued cannot be written to a temporary file in " + TEMPORARY
                            + "; make room there, or" + " name another folder by -Djava.io.tmpdir",
                    e);
        }
    }

    /** What is held in memory; all, unless there is much. */
    public List<NewSegment> inMemory() {
        return segments;
    }

    /** How many are in the file besides. */
    public int inFile() {
        return inFile;
    }

    /** All segments in order, as often as this is called. Close it. */
    public Reading read() {
        try {
            if (out != null) {
                out.flush();
            }
            return new Reading();
        } catch (IOException e) {
            throw new UncheckedIOException("jobs that are to be enqueued cannot be read from a temporary file", e);
        }
    }

    /** One pass through the segments. */
    public final class Reading implements Iterator<NewSegment>, AutoCloseable {
        private final Iterator<NewSegment> inMemory = segments.iterator();
        private final DataInputStream in;
        private int left = inFile;

        private Reading() throws IOException {
            in = file == null
                    ? null
                    : new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        }

        @Override
        public boolean hasNext() {
            return inMemory.hasNext() || left > 0;
        }

        @Override
        public NewSegment next() {
            if (inMemory.hasNext()) {
                return inMemory.next();
            } else if (left == 0) {
                throw new NoSuchElementException();
            }
            left--;
            try {
                JobSet jobs = JobSet.range(in.readLong(), in.readInt());
                int lane = in.readInt();
                byte[] block = new byte[in.readInt()];
                in.readFully(block);
                return new NewSegment(jobs, lane, block);
            } catch (IOException e) {
                throw new UncheckedIOException("jobs that are to be enqueued cannot be read from a temporary file", e);
            }
        }

        @Override
        public void close() {
            if (in != null) {
                try {
                    in.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        if (file == null) {
            return;
        }
        try {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
