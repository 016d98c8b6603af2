package dev.workpool.examples;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.workpool.WorkerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * A service that takes orders over HTTP and writes them to a database, and that finishes what it has taken when it is stopped.
 *
 * <p>On SIGTERM, or when the actor system is terminated, it stops taking requests, finishes the jobs of those that it has taken, and only
 * then closes the database. Akka's coordinated shutdown runs these steps in their order. The pool is in it by itself: it
 * takes no more jobs from phase before-service-unbind on, and is drained in phase workpools-done, which comes before service-stop.
 */
public final class GracefulService {
    private static final int CREATED = 201;
    private static final int UNAVAILABLE = 503;

    /** Requests that are answered within this time are not cut off. Akka's phase has 5 seconds. */
    private static final int STOP_SECONDS = 3;

    private final HttpServer server;
    private final Connection database;
    private final WorkerPool<String, Integer> orders;

    private GracefulService(ActorSystem<?> system, Connection database, int port) throws IOException {
        this.database = database;
        this.orders = WorkerPool.start(system, "orders", order -> write(order));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/orders", this::accept);
        server.start();
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceUnbind(), "stop-server", () -> step(() -> server.stop(STOP_SECONDS)));
        shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "close-database", () -> step(database::close));
    }

    /** Serves on the port and with the database, by its JDBC URL, that are named on the command line. */
    public static void main(String[] args) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "orders");
        start(system, DriverManager.getConnection(args[1]), Integer.parseInt(args[0]));
    }

    /**
     * Starts it.
     *
     * @param database has a table {@code orders(text)}; closed in the end
     * @param port 0 for any that is free
     */
    static GracefulService start(ActorSystem<?> system, Connection database, int port) throws IOException {
        return new GracefulService(system, database, port);
    }

    WorkerPool<String, Integer> orders() {
        return orders;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Answers when the order is written, and takes no thread until then. */
    private void accept(HttpExchange exchange) throws IOException {
        String order = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        orders.submit(order).whenComplete((written, error) -> {
            try (exchange) {
                exchange.sendResponseHeaders(error == null ? CREATED : UNAVAILABLE, -1);
            } catch (IOException e) {
                System.err.println("The client has gone: " + e); // its order is written all the same
            }
        });
    }

    private int write(String order) throws SQLException {
        synchronized (database) { // one connection is enough for an example
            try (PreparedStatement insert = database.prepareStatement("INSERT INTO orders (text) VALUES (?)")) {
                insert.setString(1, order);
                return insert.executeUpdate();
            }
        }
    }

    /** What may fail, and blocks. */
    private interface Step {
        void run() throws Exception;
    }

    private static CompletableFuture<Done> step(Step step) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                step.run();
                return Done.getInstance();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
