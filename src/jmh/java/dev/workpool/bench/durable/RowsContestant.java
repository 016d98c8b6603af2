package dev.workpool.bench.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A plain loop with SKIP LOCKED on each of its threads, which waits half a millisecond where it has found nothing. */
final class RowsContestant implements Contestant {
    private static final int CLAIMED_AT_ONCE = 100;

    private final Server server;
    private final ThreadLocal<RowsQueue> queues;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean closed;

    RowsContestant(Server server, Handler handler) throws SQLException {
        this.server = server;
        try (Connection connection = server.connect()) {
            RowsQueue.create(connection);
        }
        queues = ThreadLocal.withInitial(this::queue);
        for (int i = 0; i < WORKERS; i++) {
            Thread worker = new Thread(() -> work(handler), "rows-" + i);
            workers.add(worker);
            worker.start();
        }
    }

    private RowsQueue queue() {
        try {
            Connection connection = server.connect();
            synchronized (connections) {
                connections.add(connection);
            }
            return new RowsQueue(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void work(Handler handler) {
        RowsQueue rows = queues.get();
        try {
            while (!closed) {
                if (rows.work(CLAIMED_AT_ONCE, handler::run) == 0) {
                    LockSupport.parkNanos(500_000);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void enqueue(byte[] job) throws SQLException {
        queues.get().enqueue(job, 1);
    }

    @Override
    public void enqueueAll(byte[] job, int jobs) throws SQLException {
        queues.get().enqueue(job, jobs);
    }

    @Override
    public void close() throws SQLException {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        synchronized (connections) {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
