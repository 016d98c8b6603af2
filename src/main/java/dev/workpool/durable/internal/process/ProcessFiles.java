package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with a file for each process that has a store open. The process has a lock on its file for as long as it lives,
 * which the operating system ends with it, however it ends. Into the file it writes what is new; the others read that.
 *
 * <p>Files are made, and found to be those of the dead, by whoever has the writer's lock, so that none is between the two.
 * Each is open once in this process, since a process loses its locks on a file with any of its channels to it. Any thread
 * may call it; all fields are guarded by this.
 */
public final class ProcessFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProcessFiles.class);
    private static final long RETRY_NS = 100_000L;

    /** After which a file begins anew. Whoever has not read until then looks at everything. */
    private static final int LONGEST = 1 << 20;

    /** Where the lock is: beyond what is written, since some systems let nobody read what is locked. */
    private static final long LOCKED = 1L << 40;

    private final Path folder;
    private final String name;
    private final Path file;
    private final Map<String, Other> others = new HashMap<>();

    /** Null until this process has joined the others. */
    private RandomAccessFile own;

    /** The file of another process, up to where it is read. */
    private static final class Other {
        final FileChannel channel;
        long read = -1;

        /** Whether it was told that this process has come. */
        boolean isGreeted;

        Other(FileChannel channel) {
            this.channel = channel;
        }
    }

    /**
     * Does nothing yet.
     *
     * @param name that of this process, which no other has or had
     */
    public ProcessFiles(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        this.file = folder.resolve(name);
    }

    Path folder() {
        return folder;
    }

    /** Makes the file of this process. The caller has the writer's lock. */
    public synchronized void join() throws IOException {
        if (own != null) {
            return;
        }
        Files.createDirectories(folder);
        RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw");
        while (made.getChannel().tryLock(LOCKED, 1, false) == null) {
            LockSupport.parkNanos(RETRY_NS); // somebody looks whether it is locked
        }
        own = made;
    }

    /** Looks for other processes that have come. */
    synchronized void discover() throws IOException {
        for (String each : names()) {
            open(each);
        }
    }

    /** Tells those who were found since the last time that anything may be new: nothing was told for them before. */
    synchronized void greet(String what) throws IOException {
        boolean areNew = false;
        for (Other each : others.values()) {
            areNew |= !each.isGreeted;
            each.isGreeted = true;
        }
        if (areNew) {
            tell(List.of(what));
        }
    }

    private Set<String> names() throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(each -> names.add(each.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return Set.of();
        }
        names.remove(name);
        return names;
    }

    private void open(String other) throws IOException {
        if (others.containsKey(other)) {
            return;
        }
        try {
            others.put(
                    other,
                    new Other(FileChannel.open(
                            folder.resolve(other), StandardOpenOption.READ, StandardOpenOption.WRITE)));
        } catch (NoSuchFileException e) {
            log.debug("process {} has ended", other);
        }
    }

    synchronized boolean areThereOthers() {
        return !others.isEmpty();
    }

    /** Those whose files are not locked. Unless the caller has the writer's lock, they may be about to lock them. */
    synchronized Set<String> dead() throws IOException {
        Set<String> dead = new HashSet<>();
        for (Map.Entry<String, Other> each : others.entrySet()) {
            if (!lives(each.getValue())) {
                dead.add(each.getKey());
            }
        }
        return dead;
    }

    /** By a lock that several can have at a time, so that none who looks is taken for the one who lives. */
    private static boolean lives(Other other) throws IOException {
        try (FileLock lock = other.channel.tryLock(LOCKED, 1, true)) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true; // by this process, with classes of another loader
        }
    }

    /** The names of all that live, this process among them. The caller has the writer's lock. */
    public synchronized Set<String> living() throws IOException {
        discover();
        Set<String> living = new HashSet<>(others.keySet());
        living.removeAll(dead());
        living.add(name);
        return living;
    }

    /** Removes the files of the dead, once what they held is free. */
    synchronized void forget(Set<String> dead) throws IOException {
        for (String each : dead) {
            Other other = others.remove(each);
            if (other != null) {
                other.channel.close();
                Files.deleteIfExists(folder.resolve(each));
            }
        }
    }

    /** Tells something to all others. */
    synchronized void tell(Iterable<String> news) throws IOException {
        if (own == null) {
            return;
        }
        if (own.length() > LONGEST) {
            own.setLength(0);
        }
        own.seek(own.length());
        own.write((String.join("\n", news) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads what others have told since the last time.
     *
     * @return empty if that cannot be known of some, and anything may be new
     */
    synchronized List<List<String>> read() throws IOException {
        List<List<String>> news = new ArrayList<>();
        for (Other each : others.values()) {
            long length = each.channel.size();
            if (each.read < 0 || length < each.read) {
                each.read = length;
                news.add(List.of());
            } else if (length > each.read) {
                news.add(lines(each, (int) (length - each.read)));
            }
        }
        return news;
    }

    /** What is not a whole line yet is read next time. */
    private static List<String> lines(Other from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int read = from.channel.read(bytes, from.read);
        String text = new String(bytes.array(), 0, Math.max(0, read), StandardCharsets.US_ASCII);
        int end = text.lastIndexOf('\n') + 1;
        from.read += end;
        return text.substring(0, end).lines().toList();
    }

    /** Leaves the others. The caller has the writer's lock, if it could get it. */
    @Override
    public synchronized void close() {
        try {
            for (Other each : others.values()) {
                each.channel.close();
            }
            others.clear();
            if (own != null) {
                Files.deleteIfExists(file); // before its lock ends, so that nobody finds it without
                own.close();
                own = null;
                if (names().isEmpty()) {
                    Files.deleteIfExists(folder);
                }
            }
        } catch (IOException e) {
            log.debug("the files in {} could not be removed", folder, e);
        }
    }
}
