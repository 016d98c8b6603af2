package dev.workpool.cli.joblog;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.text.Names;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file with a line for each job that has ended. A line is with the system once it was added, so that it outlives the
 * process, however that ends. It is not forced to the disk: it need not outlive the machine.
 *
 * <p>A log belongs to one operation, unless its jobs have their own, and to one run at a time. Not thread-safe.
 */
public final class JobLog implements AutoCloseable {
    private final FileChannel file;
    private final Object key;
    private final String operation;

    /** What is done about a line that is damaged. */
    @FunctionalInterface
    public interface Damage {
        /** Refuses the log, or does nothing and so leaves the line out. */
        void at(long line) throws IOException;
    }

    private JobLog(FileChannel file, Object key, String operation) {
        this.file = file;
        this.key = key;
        this.operation = operation;
    }

    /**
     * Opens a log, new or with lines in it, to which others are added.
     *
     * @param operation what is done with the inputs; lines of another are an error. Null if each job has its own
     * @param history gets the lines that are there
     * @param damage what to do about a line that is damaged
     */
    public static JobLog open(Path path, String operation, JobHistory history, Damage damage) throws IOException {
        checkKind(path);
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            lock(file);
            long whole = read(Channels.newInputStream(file), operation, history, damage);
            file.truncate(whole).position(whole); // or the next line would continue one that was cut off
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            JobLog log = new JobLog(file, key, operation);
            if (whole == 0) {
                log.write(JobLine.HEADER);
            }
            return log;
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /**
     * Reads a log that nothing is to be added to, if there is one.
     *
     * @param operation what is done with the inputs; lines of another are an error
     * @param history gets the lines
     * @param damage what to do about a line that is damaged
     */
    public static void read(Path path, String operation, JobHistory history, Damage damage) throws IOException {
        checkKind(path);
        if (Files.exists(path)) {
            try (InputStream in = Files.newInputStream(path)) {
                read(in, operation, history, damage);
            }
        }
    }

    private static void checkKind(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("a folder");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException("not a file that can be read again");
        }
    }

    private static long read(InputStream in, String operation, JobHistory history, Damage damage) throws IOException {
        return JobLogReader.read(in, new JobLogReader.LineConsumer() {
            @Override
            public void accept(JobLine line) throws IOException {
                if (operation != null && !line.operation().equals(operation)) {
                    throw new IOException("its jobs are those of '" + line.operation() + "', not '" + operation + "'");
                }
                history.add(line);
            }

            @Override
            public void damaged(long number) throws IOException {
                damage.at(number);
            }
        });
    }

    private static void lock(FileChannel file) throws IOException {
        try {
            if (file.tryLock() != null) {
                return; // until the file is closed
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("another run is writing to it", e);
        }
        throw new IOException("another run is writing to it");
    }

    /** Adds a line. */
    void add(Ending ending) throws IOException {
        write(JobLine.of(ending, operation == null ? ending.job().operation() : operation)
                .text());
    }

    /** Whether a path leads to this very file, by whatever name or link. */
    boolean isAt(Path path) {
        try {
            return key != null
                    && key.equals(Files.readAttributes(path, BasicFileAttributes.class)
                            .fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Names.encode(line + "\n"));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
