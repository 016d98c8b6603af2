package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.process.ProcessFiles;
import dev.workpool.durable.internal.process.ProcessNews;
import dev.workpool.durable.internal.process.StoreFile;
import dev.workpool.durable.internal.process.ThisProcess;
import dev.workpool.durable.internal.process.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * This process's connection to a file of SQLite, which other processes of the machine may have open, too. One transaction
 * of all processes runs at a time.
 *
 * <p>{@code writer} guards the connection: whoever has taken it may use it, and no other thread.
 */
public final class SqliteConnections implements Connections {
    private static final Logger log = LoggerFactory.getLogger(SqliteConnections.class);

    private final StoreFile file;
    private final int busyTimeoutMs;
    private final String process = ThisProcess.randomName();
    private final WriterLock writer;
    private final ProcessFiles processes;
    private Connection connection;
    private boolean closed;

    /**
     * Opens a file, which is made if there is none.
     *
     * @param busyTimeoutMs how long to wait for the transactions of other processes, and of users' connections
     * @throws IllegalStateException if this process has it open, or one with an earlier version of the library
     * @throws IllegalArgumentException if it cannot be opened or written
     */
    public SqliteConnections(Path path, int busyTimeoutMs) {
        this.file = StoreFile.open(path);
        this.busyTimeoutMs = busyTimeoutMs;
        try {
            this.writer = new WriterLock(file.beside(".writer"), file.toString(), Duration.ofMillis(busyTimeoutMs));
        } catch (IOException e) {
            file.close();
            throw file.cannotBeOpened(e);
        }
        this.processes = new ProcessFiles(file.beside(".processes"), process);
    }

    /** What the owners of leases have in their names if this process holds them. */
    String process() {
        return process;
    }

    /** The names of the processes that have the file open. For transactions. */
    Set<String> living() throws SQLException {
        try {
            return processes.living();
        } catch (IOException e) {
            throw away("it cannot be told which processes live", e);
        }
    }

    ProcessNews news(ScheduledExecutorService timer, ProcessNews.Listener listener) {
        return new ProcessNews(processes, timer, listener, true);
    }

    private SQLException away(String what, IOException e) {
        return new SQLTransientConnectionException("the job store " + file + ": " + what + ": " + e, e);
    }

    @Override
    public Connection begin() throws SQLException {
        writer.lock();
        boolean taken = false;
        try {
            Connection open = opened();
            execute(open, "BEGIN IMMEDIATE");
            taken = true;
            return open;
        } finally {
            if (!taken) {
                writer.unlock();
            }
        }
    }

    private Connection opened() throws SQLException {
        if (closed) {
            throw new SQLException("the job store " + file + " is closed");
        }
        if (connection == null) {
            try {
                processes.join();
            } catch (IOException e) {
                throw away("other processes cannot be told of this one", e);
            }
            try {
                SqliteSpace.prepare(file.path());
                connection = KeptStatements.of(open());
            } catch (SQLException e) {
                throw e.getCause() == null ? e : unloadable(e);
            }
        }
        return connection;
    }

    /** The driver says only that it cannot open a connection where its native library cannot be unpacked, as on a full disk. */
    private static SQLException unloadable(SQLException e) {
        return new SQLException(
                e.getMessage() + ": " + e.getCause().getMessage() + "; the driver of SQLite unpacks a library into "
                        + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))
                        + ", where it needs room and the right to run it, or into another folder by -Dorg.sqlite.tmpdir",
                e.getSQLState(),
                e.getErrorCode(),
                e);
    }

    /** The driver's own commit begins the next transaction at once, and would keep users' connections out. */
    private static void execute(Connection connection, String statement) throws SQLException {
        try (PreparedStatement executed = connection.prepareStatement(statement)) {
            executed.execute();
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
        writer.unlock();
    }

    @Override
    public long writes(Connection taken) throws SQLException {
        try (Statement statement = taken.createStatement();
                ResultSet row = statement.executeQuery("SELECT total_changes()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Not before the file is one that several connections can have open, which the first makes it. */
    @Override
    public Connection forUsers() throws SQLException {
        writer.lock();
        try {
            opened();
        } finally {
            writer.unlock();
        }
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
        boolean isWriter = false;
        try {
            writer.lock();
            isWriter = true;
        } catch (SQLException e) {
            log.debug("the job store {} is closed without its lock", file, e);
        }
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (connection != null) {
                connection.close();
            }
            processes.close();
        } catch (SQLException e) {
            log.warn("the job store {} could not be closed", file, e);
        } finally {
            if (isWriter) {
                writer.unlock();
            }
        }
        writer.close();
        file.close();
    }
}
