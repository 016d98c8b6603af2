package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other processes that there are jobs, or that a batch has ended, by PostgreSQL's notifications, and hears what
 * they tell, unless connections change their session between transactions. What is to be told is told at once, but at most
 * every 10 ms, and in a transaction of its own: a notification inside each transaction that enqueues jobs would have them
 * all wait for each other. None of it has to arrive; whoever waits looks now and then.
 *
 * <p>One thread listens. {@code pending}, {@code isSending} and {@code sentNs} are guarded by this.
 */
final class Notifications implements Signals {
    private static final Logger log = LoggerFactory.getLogger(Notifications.class);
    private static final long COLLECT_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int LOOK_MS = 500;
    private static final long RECONNECT_NS = 1_000_000_000L;
    private static final long ASK_EVERY_NS = 10_000_000_000L;

    private final PooledConnections connections;
    private final Transactions transactions;
    private final ScheduledExecutorService timer;
    private final String channel;
    private final Consumer<String> heard;
    private final Runnable deaf;
    private final Thread listener;
    private final Set<String> pending = new LinkedHashSet<>();
    private boolean isSending;
    private long sentNs = System.nanoTime() - COLLECT_NS;
    private volatile boolean closed;
    private volatile boolean isListening;

    Notifications(
            PooledConnections connections,
            Transactions transactions,
            ScheduledExecutorService timer,
            String channel,
            Consumer<String> heard,
            Runnable deaf) {
        this.connections = connections;
        this.transactions = transactions;
        this.timer = timer;
        this.channel = channel;
        this.heard = heard;
        this.deaf = deaf;
        this.listener = new Thread(this::listen, "workpool-store-listener");
        listener.setDaemon(true);
        if (!connections.sessions().areChanging()) {
            listener.start();
        }
    }

    /** Whether others are heard now. */
    boolean isListening() {
        return isListening;
    }

    /** On which machines they are cannot be known. */
    @Override
    public boolean areThereOthers() {
        return true;
    }

    @Override
    public void tell(String what) {
        long sinceNs;
        synchronized (this) {
            pending.add(what);
            if (isSending) {
                return;
            }
            isSending = true;
            sinceNs = System.nanoTime() - sentNs;
        }
        timer.schedule(this::send, COLLECT_NS - sinceNs, TimeUnit.NANOSECONDS);
    }

    private void send() {
        Set<String> now;
        synchronized (this) {
            now = Set.copyOf(pending);
            pending.clear();
            sentNs = System.nanoTime();
        }
        transactions
                .work(connection -> Optional.of(tell(connection, now)), connection -> tell(connection, now))
                .whenComplete((done, failure) -> {
                    synchronized (this) {
                        isSending = !pending.isEmpty() && !closed;
                        if (!isSending) {
                            return;
                        }
                    }
                    timer.schedule(this::send, COLLECT_NS, TimeUnit.NANOSECONDS);
                });
    }

    private void listen() {
        while (!closed && !connections.sessions().areChanging()) {
            try (Connection connection = connections.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setNetworkTimeout(Runnable::run, connections.networkTimeoutMs());
                connection.setAutoCommit(true);
                statement.execute("LISTEN " + channel);
                isListening = true;
                hear(connection.unwrap(PGConnection.class), statement);
                statement.execute("UNLISTEN " + channel);
            } catch (SQLException | RuntimeException e) { // a pool that is closed meanwhile may throw anything
                log.debug("notifications are not heard", e);
            }
            isListening = false;
            if (!closed) {
                LockSupport.parkNanos(RECONNECT_NS);
            }
        }
    }

    private void hear(PGConnection connection, Statement statement) throws SQLException {
        int session = SessionCheck.pid(statement.getConnection());
        long askedNs = System.nanoTime();
        while (!closed) {
            PGNotification[] notifications = connection.getNotifications(LOOK_MS);
            if (System.nanoTime() - askedNs > ASK_EVERY_NS) { // a connection that is cut off says nothing, too
                if (SessionCheck.pid(statement.getConnection()) != session) {
                    connections.sessions().areKept(false);
                    deaf.run();
                    return;
                }
                askedNs = System.nanoTime();
            }
            if (notifications != null) {
                for (PGNotification each : notifications) {
                    heard.accept(each.getParameter());
                }
            }
        }
    }

    /** What is to be told yet is told now, unless the database is away: a process that enqueues and ends keeps nobody waiting. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(listener);
        Set<String> rest;
        synchronized (this) {
            rest = Set.copyOf(pending);
            pending.clear();
        }
        if (!rest.isEmpty() && transactions.availability().failure().isEmpty()) {
            try {
                transactions.call(connection -> tell(connection, rest));
            } catch (SQLException
                    | RuntimeException e) { // or anything of the user's data source: a store ends all the same
                log.debug("nobody was told of {}; they look by themselves", rest, e);
            }
        }
    }

    /** In one statement, which may commit itself; returns how many. */
    private int tell(Connection connection, Set<String> what) throws SQLException {
        try (PreparedStatement notify =
                connection.prepareStatement("SELECT pg_notify(?, told) FROM unnest(?::text[]) AS told")) {
            notify.setString(1, channel);
            notify.setArray(2, connection.createArrayOf("text", what.toArray()));
            notify.execute();
            return what.size();
        }
    }
}
