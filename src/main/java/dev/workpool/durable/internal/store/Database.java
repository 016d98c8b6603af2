package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * A store's database: its connections, its names, what runs its transactions, and what tells other processes. Thread-safe.
 */
public final class Database implements AutoCloseable {
    private final Names names;
    private final Connections connections;
    private final Transactions transactions;
    private final ScheduledExecutorService timer;
    private final LiveLeases liveLeases = new LiveLeases();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Null where one process is alone, and until the tables are there. Guarded by this. */
    private Notifications notifications;

    private boolean isClosed;

    public Database(Names names, Connections connections) {
        this.names = names;
        this.connections = connections;
        this.transactions = new Transactions(connections, connections.description());
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "workpool-store-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Makes the tables, or brings them up to date.
     *
     * @throws SQLException if the database does not answer, or does not allow it
     * @throws IllegalStateException if the tables are newer than this code
     */
    public void prepare(long partitionMs) throws SQLException {
        transactions.call(connection -> {
            new Schema(names).migrate(connection);
            new Partitions(names).rotate(connection, partitionMs);
            if (!isShared()) {
                new Leases(names).endAll(connection);
            }
            return null;
        });
        synchronized (this) {
            if (notifications == null && !isClosed && connections instanceof PooledConnections pooled) {
                notifications = new Notifications(
                        pooled,
                        transactions,
                        timer,
                        names.channel(),
                        what -> listeners.forEach(each -> each.accept(what)));
            }
        }
    }

    /** Begins a new part when it is time, and drops those that no batch needs. */
    public CompletableFuture<Void> tidyParts(long partitionMs) {
        return transactions.work(connection -> {
            Partitions partitions = new Partitions(names);
            partitions.rotate(connection, partitionMs);
            partitions.dropUnused(connection, partitionMs);
            return null;
        });
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

    /** One thread, for what is short. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    /** Hears what other processes tell. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    public void unlisten(Consumer<String> listener) {
        listeners.remove(listener);
    }

    /** Tells other processes something, soon, if there are any. */
    public synchronized void tell(String what) {
        if (notifications != null) {
            notifications.tell(what);
        }
    }

    /** Whether other processes may work on the same tables. */
    public boolean isShared() {
        return names.dialect().isPostgres();
    }

    public String description() {
        return connections.description();
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            if (notifications != null) {
                notifications.close();
            }
        }
        timer.shutdownNow();
        transactions.close();
    }
}
