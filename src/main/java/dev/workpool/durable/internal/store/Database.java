package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.process.ThisProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A store's database: its connections, its names, what runs its transactions, and what tells other processes. Thread-safe.
 */
public final class Database implements AutoCloseable {
    private final Names names;
    private final Connections connections;
    private final boolean makesTables;
    private final Transactions transactions;
    private final ScheduledExecutorService timer;
    private final LiveLeases liveLeases = new LiveLeases();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Null until the tables are there. Changed under this. */
    private volatile Signals signals;

    private final String process;

    private boolean isClosed;

    /** A database whose tables are made if they are not there. */
    public Database(Names names, Connections connections) {
        this(names, connections, true);
    }

    /**
     * A database.
     *
     * @param makesTables whether its tables are made and dropped; or are there, and are only read and written
     */
    public Database(Names names, Connections connections, boolean makesTables) {
        this.names = names;
        this.makesTables = makesTables;
        this.connections = connections;
        this.process = connections instanceof SqliteConnections sqlite ? sqlite.process() : ThisProcess.randomName();
        this.transactions = new Transactions(connections, connections.description());
        this.timer = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "workpool-store-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /**
     * Makes the tables, or brings them up to date, or looks whether they are there.
     *
     * @throws SQLException if the database does not answer, or does not allow it
     * @throws IllegalStateException if the tables are newer than this code, or are to be there and are not, or the server
     *     or the data source is not as a store needs it
     */
    public void prepare(long partitionMs) throws SQLException {
        if (connections instanceof PooledConnections pooled) {
            check(pooled);
        }
        prepareTables(partitionMs);
        synchronized (this) {
            if (signals == null && !isClosed) {
                signals = signals();
            }
        }
    }

    private void check(PooledConnections pooled) throws SQLException {
        SessionCheck sessions = new SessionCheck(pooled);
        sessions.checkSize();
        try {
            pooled.sessions().areKept(sessions.areKept());
        } catch (SQLException e) { // which passes for no success, though the first connection has answered
            transactions.failed(e);
            throw e;
        }
        if (pooled.sessions().areChanging()) {
            warnOfChangingSessions();
        }
    }

    private Signals signals() {
        Consumer<String> heard = what -> listeners.forEach(each -> each.accept(what));
        return connections instanceof SqliteConnections sqlite
                ? new FileSignals(sqlite, transactions, timer, new Leases(names), heard)
                : new Notifications(
                        (PooledConnections) connections,
                        transactions,
                        timer,
                        names.channel(),
                        heard,
                        this::warnOfChangingSessions);
    }

    private void warnOfChangingSessions() {
        transactions
                .availability()
                .warn(
                        "its connections change their session between transactions, as those of PgBouncer in transaction mode"
                                + " do, so that notifications are not heard and the jobs of other processes wait for the next"
                                + " poll-interval; connect to the server itself, or to PgBouncer in session mode");
    }

    private void prepareTables(long partitionMs) throws SQLException {
        transactions.call(connection -> {
            if (makesTables) {
                makeTables(connection, partitionMs);
            } else {
                new Schema(names).check(connection);
                if (names.dialect().isPostgres()) {
                    new Grants(names).check(connection);
                }
            }
            if (connections instanceof SqliteConnections sqlite) {
                new Leases(names).endThoseOfOthersThan(connection, sqlite.living());
            }
            return null;
        });
    }

    private void makeTables(Connection connection, long partitionMs) throws SQLException {
        try {
            new Schema(names).migrate(connection);
            new Partitions(names).rotate(connection, partitionMs);
        } catch (SQLException e) {
            throw Failures.isForbidden(e)
                    ? new SQLException(
                            e.getMessage()
                                    + "; a user who may not make tables needs JobStore.withSchemaCreation(false)",
                            e.getSQLState(),
                            e)
                    : e;
        }
    }

    /** Whether tables are made and dropped; if not, what is old is deleted row by row. */
    public boolean makesTables() {
        return makesTables;
    }

    /** Begins a new part when it is time, and drops those that no batch needs; that is for whoever makes tables. */
    public CompletableFuture<Void> tidyParts(long partitionMs) {
        if (!makesTables) {
            return CompletableFuture.completedFuture(null);
        }
        return transactions.work(connection -> {
            Partitions partitions = new Partitions(names);
            partitions.rotate(connection, partitionMs);
            partitions.dropUnused(connection, partitionMs);
            return null;
        });
    }

    /** Gives space that is free back to the file system, where the database does not do so itself. */
    public CompletableFuture<Void> tidySpace() {
        return names.dialect().isPostgres() ? CompletableFuture.completedFuture(null) : SqliteSpace.tidy(transactions);
    }

    /** A connection for users' code; closing it gives it back. */
    public Connection connectionForUsers() throws SQLException {
        return connections.forUsers();
    }

    /** What this process holds. */
    public LiveLeases liveLeases() {
        return liveLeases;
    }

    public Names names() {
        return names;
    }

    public Transactions transactions() {
        return transactions;
    }

    /** One thread, for what is short. Nothing is done that is asked of it once the database is closed. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    /** What a listener hears when anything may be new. */
    public static final String ANYTHING = Signals.ANYTHING;

    /** Hears what other processes tell. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    public void unlisten(Consumer<String> listener) {
        listeners.remove(listener);
    }

    /** Tells other processes something, soon, if there are any. */
    public void tell(String what) {
        Signals open = signals;
        if (open != null) {
            open.tell(what);
        }
    }

    /** Whether other processes may work on the same tables now. */
    public boolean isShared() {
        Signals open = signals;
        return names.dialect().isPostgres() || (open != null && open.areThereOthers());
    }

    /** Whether statements wait for a server, and not for the disk. */
    public boolean isServer() {
        return names.dialect().isPostgres();
    }

    /** What the owners of leases have in their names if this process holds them. */
    public String process() {
        return process;
    }

    public String description() {
        return connections.description();
    }

    /**
     * Waits a moment for transactions that run. Signals come after them, since others are told of what these have done,
     * and before those the timer, which may be about to hand them what it has to tell.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            timer.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transactions.close();
        synchronized (this) {
            isClosed = true;
            if (signals != null) {
                signals.close();
            }
        }
        connections.close();
    }
}
