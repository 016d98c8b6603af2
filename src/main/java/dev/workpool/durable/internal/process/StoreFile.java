package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store's file, which this process has open once: SQLite and this library keep locks on it and on files beside it, and a
 * process loses all its locks on a file with any of its channels to it.
 *
 * <p>Earlier versions of the library take {@code .lock} for themselves, and free what others hold. So this one shares it
 * with those of its kind.
 */
public final class StoreFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreFile.class);
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    /** Channels to files that are open by classes of another loader: closing them would end its locks. */
    private static final Set<FileChannel> NEVER_CLOSED = ConcurrentHashMap.newKeySet();

    static final String WHAT_TO_WRITE =
            "; whoever uses it, if only to read, needs to write the file and into its folder";

    private final Path file;
    private final Path key;
    private final FileChannel channel;

    private StoreFile(Path file, Path key, FileChannel channel) {
        this.file = file;
        this.key = key;
        this.channel = channel;
    }

    /**
     * Takes a file for this process.
     *
     * @throws IllegalStateException if this process has it open, or one with an earlier version of the library
     * @throws IllegalArgumentException if it cannot be opened or written, or is on a network
     */
    public static StoreFile open(Path path) {
        Path file = path.toAbsolutePath();
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    "the job store " + path + " is a directory; allowed: a file, or none yet");
        }
        Path key;
        try {
            Path folder = file.getParent().toRealPath();
            NetworkFiles.refuse(file, Files.getFileStore(folder).type());
            key = Files.exists(file) ? file.toRealPath() : folder.resolve(file.getFileName());
            WriteAccess.check(file, key);
        } catch (IOException e) {
            throw cannotBeOpened(file, e);
        }
        if (!OPEN.add(key)) {
            throw isOpenHere(file, null);
        }
        FileChannel channel = null;
        try {
            channel = lock(file);
            return new StoreFile(file, key, channel);
        } catch (IOException e) {
            throw cannotBeOpened(file, e);
        } finally {
            if (channel == null) {
                OPEN.remove(key);
            }
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                beside(file, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock shared = null;
        boolean isOpenHere = false;
        try {
            shared = channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException e) {
            isOpenHere = true;
            NEVER_CLOSED.add(channel);
            throw isOpenHere(file, e);
        } finally {
            if (shared == null && !isOpenHere) {
                channel.close();
            }
        }
        if (shared == null) {
            throw new IllegalStateException("the job store " + file
                    + " is open in a process with an earlier version of the library, which shares it with nobody");
        }
        return channel;
    }

    private static IllegalStateException isOpenHere(Path file, Exception cause) {
        return new IllegalStateException(
                "the job store " + file + " is open in this process already; share its JobStore", cause);
    }

    /** What to throw if files beside it cannot be written. */
    public IllegalArgumentException cannotBeOpened(IOException e) {
        return cannotBeOpened(file, e);
    }

    private static IllegalArgumentException cannotBeOpened(Path file, IOException e) {
        String hint = e instanceof AccessDeniedException
                        || String.valueOf(e.getMessage()).contains("Permission denied")
                ? WHAT_TO_WRITE
                : "";
        return new IllegalArgumentException("the job store " + file + " cannot be opened: " + e + hint, e);
    }

    public Path path() {
        return file;
    }

    /** A file beside it. */
    public Path beside(String ending) {
        return beside(file, ending);
    }

    static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Lets others in this process open it. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("the lock of the job store {} could not be given back", file, e);
        }
        OPEN.remove(key);
    }
}
