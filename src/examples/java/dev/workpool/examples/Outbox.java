package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.settings.EnqueueOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Takes orders and books each of them once, whatever dies in between.
 *
 * <p>An order and the job that books it are written in one transaction: there is no order without a job, and no job without an order. The
 * booking is written in the transaction that acknowledges the job: no order is booked twice. It does on PostgreSQL what it does on SQLite.
 */
public final class Outbox {
    private static final int ORDERS = 20;

    private final JobStore store;
    private final DurableQueue<Order> bookings;

    record Order(long id, int cents) {}

    Outbox(ActorSystem<?> system, JobStore store) throws SQLException {
        this.store = store;
        this.bookings = DurableQueue.open(system, store, "bookings", JobCodec.json(Order.class));
        try (Connection connection = store.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, cents int NOT NULL)");
            statement.execute("CREATE TABLE IF NOT EXISTS booked (order_id bigint NOT NULL, cents int NOT NULL)");
        }
    }

    /** Takes some orders and books them, in a file of SQLite, or in the database with the JDBC URL, user and password that are given. */
    public static void main(String[] args) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (JobStore store = args.length == 3
                        ? JobStore.postgres(args[0], args[1], args[2])
                        : JobStore.sqlite(Path.of("target/outbox.db"));
                WorkerPool<TransactionalTask, Object> pool =
                        WorkerPool.start(system, "bookings", TransactionalTask::run)) {
            Outbox outbox = new Outbox(system, store);
            long firstId = System.currentTimeMillis();
            for (int i = 0; i < ORDERS; i++) {
                outbox.place(new Order(firstId + i, 100 * i));
            }
            try (QueueWork work = outbox.work(pool)) {
                for (int i = 0; i < ORDERS; i++) {
                    outbox.awaitBooked(firstId + i);
                }
                System.out.println("Booked: " + work.stats());
            }
        } finally {
            system.terminate();
        }
    }

    /** Writes an order and the job that books it; both, or neither if something is thrown. */
    void place(Order order) throws SQLException {
        try (Connection connection = store.connection()) {
            connection.setAutoCommit(false); // what is not committed when it is closed is rolled back
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO orders (id, cents) VALUES (?, ?)")) {
                insert.setLong(1, order.id());
                insert.setInt(2, order.cents());
                insert.executeUpdate();
            }
            bookings.enqueueAll(connection, List.of(order), EnqueueOptions.keyed(key(order.id())));
            connection.commit();
        }
    }

    QueueWork work(WorkerPool<TransactionalTask, Object> pool) {
        return bookings.workOn(pool, (order, connection) -> book(order, connection));
    }

    /** The library commits it together with the end of the job. */
    private static Void book(Order order, Connection connection) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO booked (order_id, cents) VALUES (?, ?)")) {
            insert.setLong(1, order.id());
            insert.setInt(2, order.cents());
            insert.executeUpdate();
            return null;
        }
    }

    /** Waits for the job of an order, wherever it runs. */
    void awaitBooked(long id) throws Exception {
        DurableBatch job = bookings.batch(key(id)).toCompletableFuture().get().orElseThrow();
        job.ended().toCompletableFuture().get();
    }

    private static String key(long id) {
        return "order-" + id;
    }
}
