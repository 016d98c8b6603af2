package dev.workpool.durable.internal.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * The one connection to a file of SQLite, which one process has open at a time. The operating system lets go of its
 * lock when the process dies, however it dies.
 *
 * <p>{@code lock} guards the connection: whoever has taken it may use it, and no other thread.
 */
public final class SqliteConnections implements Connections {
    private static final Logger log = LoggerFactory.getLogger(SqliteConnections.class);

    private final Path file;
    private final int busyTimeoutMs;
    private final FileChannel channel;
    private final FileLock processLock;
    private final ReentrantLock lock = new ReentrantLock(true);
    private Connection connection;
    private boolean closed;

    /**
     * Opens a file, which is made if there is none.
     *
     * @param busyTimeoutMs how long to wait for the transactions of users' connections
     * @throws IllegalStateException if another process has it open, or this one has
     * @throws IllegalArgumentException if it cannot be opened
     */
    public SqliteConnections(Path file, int busyTimeoutMs) {
        this.file = file.toAbsolutePath();
        this.busyTimeoutMs = busyTimeoutMs;
        if (Files.isDirectory(this.file)) {
            throw new IllegalArgumentException(
                    "the job store " + file + " is a directory; allowed: a file, or none yet");
        }
        Path lockFile = this.file.resolveSibling(this.file.getFileName() + ".lock");
        try {
            channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IllegalArgumentException("the job store " + file + " cannot be opened: " + e, e);
        }
        processLock = acquire(lockFile);
    }

    private FileLock acquire(Path lockFile) {
        FileLock acquired = null;
        try {
            acquired = channel.tryLock();
            if (acquired == null) {
                throw new IllegalStateException("the job store " + file
                        + " is open in another process; SQLite serves one process, PostgreSQL serves many");
            }
            return acquired;
        } catch (OverlappingFileLockException e) {
            throw new IllegalStateException(
                    "the job store " + file + " is open in this process already; share its JobStore", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the job store " + file + " cannot be locked by " + lockFile, e);
        } finally {
            if (acquired == null) {
                closeQuietly(channel);
            }
        }
    }

    @Override
    public Connection begin() throws SQLException {
        lock.lock();
        boolean taken = false;
        try {
            if (closed) {
                throw new SQLException("the job store " + file + " is closed");
            }
            if (connection == null) {
                SqliteSpace.prepare(file);
                connection = open();
            }
            execute(connection, "BEGIN IMMEDIATE");
            taken = true;
            return connection;
        } finally {
            if (!taken) {
                lock.unlock();
            }
        }
    }

    /** The driver's own commit begins the next transaction at once, and would keep users' connections out. */
    private static void execute(Connection connection, String statement) throws SQLException {
        try (Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    @Override
    public void commit(Connection taken) throws SQLException {
        execute(taken, "COMMIT");
    }

    @Override
    public void rollBack(Connection taken) throws SQLException {
        execute(taken, "ROLLBACK");
    }

    @Override
    public void giveBack(Connection taken) {
        lock.unlock();
    }

    @Override
    public long writes(Connection taken) throws SQLException {
        try (Statement statement = taken.createStatement();
                ResultSet row = statement.executeQuery("SELECT total_changes()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Connection forUsers() throws SQLException {
        return open();
    }

    /** Its transactions begin as writers, so that none has to wait in its middle; each commit is synced to the disk. */
    private Connection open() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        config.setBusyTimeout(busyTimeoutMs);
        config.setCacheSize(-16_000); // kilobytes
        return config.createConnection("jdbc:sqlite:" + file);
    }

    @Override
    public String description() {
        return file.toString();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            log.warn("the job store {} could not be closed", file, e);
        } finally {
            lock.unlock();
        }
        closeQuietly(processLock);
        closeQuietly(channel);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            log.debug("a lock of a job store could not be given back", e);
        }
    }
}
