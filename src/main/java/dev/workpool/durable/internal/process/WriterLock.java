package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one transaction of all processes write at a time. SQLite has such a lock, too, but those who wait for it sleep and
 * try again, up to a second; those who wait for this one are woken. The operating system lets go of it when a process dies.
 *
 * <p>Within the process the threads come in turn. Among processes there are two locks: who wants to write takes the one for
 * the next turn first, waits with it for the one that writes, and lets go of the first then. So a process that has just
 * written cannot be faster again than one that waits.
 *
 * <p>The file says who writes. It is open once in the process, since a process loses its locks on a file with any of its
 * channels to it. Whoever has {@code threads} uses the file; {@code waiting} is guarded by this.
 */
public final class WriterLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WriterLock.class);

    /** Beyond what is written there: some systems let nobody read what is locked. */
    private static final long NEXT_TURN = 1L << 40;

    private static final long WRITING = NEXT_TURN + 1;
    private static final int LABEL_BYTES = 100;

    /** Ends waiting that takes too long. Its thread ends when there is nothing to wait for. */
    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();

    private final Path file;
    private final String store;
    private final long mostWaitNs;
    private final byte[] label;
    private final ReentrantLock threads = new ReentrantLock(true);
    private RandomAccessFile open;
    private FileLock held;
    private boolean isClosed;

    /** What a thread waits for a lock of. */
    private FileChannel waiting;

    /**
     * A lock that nobody has yet.
     *
     * @param file made if it is not there
     * @param store for messages
     * @param mostWait for how long one waits for another process
     */
    public WriterLock(Path file, String store, Duration mostWait) throws IOException {
        this.file = file;
        this.store = store;
        this.mostWaitNs = mostWait.toNanos();
        this.label = String.format("%-" + LABEL_BYTES + "s", ThisProcess.pid() + " on " + ThisProcess.host())
                .substring(0, LABEL_BYTES)
                .getBytes(StandardCharsets.US_ASCII);
        this.open = new RandomAccessFile(file.toFile(), "rw");
    }

    private static ScheduledThreadPoolExecutor watchdog() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "workpool-store-lock-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    /**
     * Takes the lock. Blocks, and does not heed interrupts.
     *
     * @throws SQLTransientConnectionException if another process has had it for too long
     */
    public void lock() throws SQLException {
        long untilNs = System.nanoTime() + mostWaitNs;
        threads.lock();
        boolean isTaken = false;
        try {
            take(untilNs);
            isTaken = true;
        } catch (IOException e) {
            throw new SQLTransientConnectionException("the job store " + store + " cannot be locked by " + file, e);
        } finally {
            if (!isTaken) {
                threads.unlock();
            }
        }
    }

    private void take(long untilNs) throws IOException, SQLException {
        boolean wasInterrupted = false;
        try {
            while (true) {
                if (isClosed) {
                    throw new SQLException("the job store " + store + " is closed");
                } else if (!open.getChannel().isOpen()) {
                    open = new RandomAccessFile(file.toFile(), "rw");
                }
                try {
                    FileLock turn = lock(open.getChannel(), NEXT_TURN, untilNs);
                    held = lock(open.getChannel(), WRITING, untilNs);
                    turn.release();
                    sign();
                    return;
                } catch (FileLockInterruptionException e) {
                    wasInterrupted |= Thread.interrupted(); // and the channel is closed
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void sign() {
        try {
            open.seek(0);
            open.write(label); // not by the channel, which an interrupt would close
        } catch (IOException e) {
            log.debug("it cannot be said who writes to the job store {}", store, e);
        }
    }

    private FileLock lock(FileChannel channel, long place, long untilNs) throws IOException, SQLException {
        FileLock taken = channel.tryLock(place, 1, false);
        if (taken != null) {
            return taken;
        }
        synchronized (this) {
            waiting = channel;
        }
        long leftNs = untilNs - System.nanoTime();
        ScheduledFuture<?> end = WATCHDOG.schedule(() -> giveUp(channel), Math.max(1, leftNs), TimeUnit.NANOSECONDS);
        try {
            taken = channel.lock(place, 1, false);
        } catch (FileLockInterruptionException e) {
            throw e;
        } catch (ClosedChannelException e) {
            throw tooLong(e);
        } finally {
            synchronized (this) {
                waiting = null;
            }
            end.cancel(false);
        }
        if (!channel.isOpen()) { // it was given up when it was there
            throw tooLong(null);
        }
        return taken;
    }

    /** Closing the channel is what ends waiting; what it has locked is free then. */
    private synchronized void giveUp(FileChannel channel) {
        if (waiting == channel) {
            closeQuietly(channel);
        }
    }

    private SQLException tooLong(Exception cause) {
        return new SQLTransientConnectionException(
                "process " + writer() + " has kept others from writing to the job store " + store + " for "
                        + Duration.ofNanos(mostWaitNs) + "; it is stopped, or in a transaction that takes long",
                cause);
    }

    /** Who writes, as far as is known. Nothing of the file is locked here then, which reading it would end. */
    private String writer() {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "(unknown: " + e + ")";
        }
    }

    /** Lets go of the lock. */
    public void unlock() {
        try {
            held.release();
        } catch (IOException e) {
            log.debug("a lock of the job store {} could not be given back", store, e);
        } finally {
            threads.unlock();
        }
    }

    /** Whoever waits for it in this process finds it closed. */
    @Override
    public void close() {
        threads.lock();
        try {
            isClosed = true;
            closeQuietly(open);
        } finally {
            threads.unlock();
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            log.debug("a file of a job store could not be closed", e);
        }
    }
}
