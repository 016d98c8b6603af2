package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs transactions on threads of the store's own, and tries them again where that helps. Thread-safe. Enqueuing has
 * its own threads, so that it cannot keep leases from being renewed.
 */
public final class Transactions implements AutoCloseable {
    private static final int THREADS = 3;
    private static final int MOST_CONFLICTS = 20;
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 1_000;

    /** What is done in one transaction, and may be done again if it was undone. */
    @FunctionalInterface
    public interface Body<T> {
        /** Runs statements; the caller commits. */
        T run(Connection connection) throws SQLException;
    }

    /** What one statement does, which commits itself: one way to the database and back. */
    @FunctionalInterface
    public interface Statement<T> {
        /** Runs it; returns empty if it has done nothing, since it takes more than one statement. */
        Optional<T> run(Connection connection) throws SQLException;
    }

    private final Connections connections;
    private final Availability availability;
    private final ExecutorService working;

    /** As many threads as callbacks block, since they may wait for each other. */
    private final StoreThreads enqueuing;

    public Transactions(Connections connections, String name) {
        this.connections = connections;
        this.availability = new Availability(name);
        this.working = threads(name, "work");
        this.enqueuing = new StoreThreads(THREADS, factory(name, "enqueue"));
    }

    private static ExecutorService threads(String name, String what) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name, what));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Whether a failure passes by itself, as when the database is away. */
    public static boolean isPassing(SQLException e) {
        return Failures.isPassing(e);
    }

    /** Whether the disk of the database is full. */
    public static boolean isDiskFull(SQLException e) {
        return Failures.isDiskFull(e);
    }

    /** Whether the database only reads, such as a standby. */
    public static boolean isReadOnly(SQLException e) {
        return Failures.READ_ONLY.equals(e.getSQLState());
    }

    /** Whether it fails since a table is not there. */
    public static boolean isWithoutTables(SQLException e) {
        return Failures.isWithoutTables(e);
    }

    public Availability availability() {
        return availability;
    }

    private static ThreadFactory factory(String name, String what) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "workpool-store-" + name + "-" + what + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Where users' code runs that waits for a transaction; it may block. */
    public Executor callbacks() {
        return enqueuing.outside();
    }

    /** Runs a transaction for a queue's work, once. Fails with the {@link SQLException}. */
    public <T> CompletableFuture<T> work(Body<T> body) {
        return work(null, body);
    }

    /** As {@link #work(Body)}, in one statement if that is enough. */
    public <T> CompletableFuture<T> work(Statement<T> statement, Body<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            working.execute(() -> {
                try {
                    result.complete(call(statement, body, false));
                } catch (SQLException | RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(closed(e));
        }
        return result;
    }

    private static IllegalStateException closed(RejectedExecutionException e) {
        return new IllegalStateException("the job store is closed", e);
    }

    /**
     * Runs a transaction, and tries it again for a time while the database is away. A full disk is told at once: nobody
     * makes room by waiting. The stage completes on a thread that has left the store: what waits for it is users' code,
     * which may block, even for the next transaction.
     *
     * @param patience after which the stage fails with the last {@link SQLException}
     */
    public <T> CompletableFuture<T> patiently(Duration patience, Body<T> body) {
        return patiently(patience, null, body);
    }

    /** As {@link #patiently(Duration, Body)}, in one statement if that is enough. */
    public <T> CompletableFuture<T> patiently(Duration patience, Statement<T> statement, Body<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        attempt(result, System.nanoTime() + patience.toNanos(), FIRST_PAUSE_MS, statement, body);
        return result;
    }

    private <T> void attempt(
            CompletableFuture<T> result, long untilNs, long pauseMs, Statement<T> statement, Body<T> body) {
        try {
            enqueuing.execute(() -> {
                try {
                    T value = call(statement, body, true);
                    return () -> result.complete(value);
                } catch (SQLException e) {
                    if (Failures.isDiskFull(e)) {
                        SQLException full = diskFull(e);
                        return () -> result.completeExceptionally(full);
                    }
                    if (Failures.isPassing(e) && System.nanoTime() - untilNs < 0) {
                        long nextMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
                        return () -> CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS)
                                .execute(() -> attempt(result, untilNs, nextMs, statement, body));
                    }
                    return () -> result.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    return () -> result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            enqueuing.outside().execute(() -> result.completeExceptionally(closed(e)));
        }
    }

    /** Says that the disk is full, and what to do. */
    public SQLException diskFull(SQLException e) {
        return new SQLException(
                "the disk of the job store " + connections.description()
                        + " is full; make room on it, or move the store to" + " another: " + e.getMessage(),
                e.getSQLState(),
                e.getErrorCode(),
                e);
    }

    /** Runs a transaction on the calling thread, again where another one was in its way. */
    public <T> T call(Body<T> body) throws SQLException {
        return call(null, body, false);
    }

    /**
     * Runs a transaction.
     *
     * @param isTold whether somebody is told at once that the disk is full, and does not try again
     */
    private <T> T call(Statement<T> statement, Body<T> body, boolean isTold) throws SQLException {
        for (int conflicts = 0; ; conflicts++) {
            long askedNs = System.nanoTime();
            try {
                T value = once(statement, body);
                availability.works(askedNs);
                return value;
            } catch (SQLException e) {
                if (!Failures.isConflict(e) || conflicts == MOST_CONFLICTS) {
                    failed(e, isTold);
                    throw e;
                }
                pause(conflicts);
            }
        }
    }

    /** Has it known if the database is away. */
    void failed(SQLException e) {
        failed(e, false);
    }

    private void failed(SQLException e, boolean isTold) {
        if (Failures.isOutage(e)) {
            boolean isFull = Failures.isDiskFull(e);
            availability.fails(isFull ? diskFull(e) : e, Failures.isUnwritable(e), isTold && isFull);
        }
    }

    /** Whoever was in the way needs a moment; two of them need different ones. */
    private static void pause(int conflicts) {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1 + (1_000_000L << Math.min(conflicts, 5))));
    }

    private <T> T once(Statement<T> statement, Body<T> body) throws SQLException {
        try {
            return tryOnce(statement, body);
        } catch (AssertionError e) {
            if (Failures.isOfDriver(e)) {
                throw new SQLException(
                        "the connection was closed in the middle of a batch", Failures.CONNECTION_LOST, e);
            }
            throw e;
        }
    }

    private <T> T tryOnce(Statement<T> statement, Body<T> body) throws SQLException {
        if (statement != null && connections.canCommitByStatement() && !availability.isUnwritable()) {
            Connection connection = connections.outsideTransaction();
            try {
                Optional<T> done = statement.run(connection);
                if (done.isPresent()) {
                    return done.get();
                }
            } finally {
                connections.giveBack(connection);
            }
        }
        Connection connection = connections.begin();
        boolean committed = false;
        try {
            boolean isWatched = availability.isUnwritable();
            long before = isWatched ? connections.writes(connection) : 0;
            T value = body.run(connection);
            boolean hasWritten = isWatched && connections.writes(connection) != before;
            connections.commit(connection);
            committed = true;
            if (hasWritten) {
                availability.written();
            }
            return value;
        } finally {
            if (!committed) {
                rollBack(connection);
            }
            connections.giveBack(connection);
        }
    }

    private void rollBack(Connection connection) {
        try {
            connections.rollBack(connection);
        } catch (SQLException e) {
            // The connection is broken, so the server rolls back; what broke it is thrown already.
            return;
        }
    }

    /** Takes no more transactions, and waits for a moment for those that run. */
    @Override
    public void close() {
        working.shutdown();
        try {
            working.awaitTermination(5, TimeUnit.SECONDS);
            enqueuing.close(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
