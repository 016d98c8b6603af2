package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service that takes work over HTTP if it can: {@code POST /batches} with a job a line is answered at once, by 202 and where to ask for progress, or by 503 if the queue is full or
 * the service is about to stop.
 *
 * <p>Nothing waits for the pool: whether a batch was accepted is known when it has been submitted.
 */
public final class AcceptOrRefuse implements AutoCloseable {
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final WorkerPool<String, Integer> pool;
    private final HttpServer server;
    private final Map<String, Batch<Integer>> batches = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();

    /**
     * Starts it.
     *
     * @param port 0 for any that is free
     */
    AcceptOrRefuse(ActorSystem<?> system, int port, JobHandler.Simple<String, Integer> handler) throws IOException {
        pool = WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "batches").withQueueCapacity(1_000, WhenFull.REJECT),
                handler);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/batches", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            submit(exchange);
        } else {
            tellProgress(exchange);
        }
    }

    private void submit(HttpExchange exchange) throws IOException {
        List<String> jobs = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        Batch<Integer> batch = pool.submitAll(jobs);
        if (batch.isRejected()) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            answer(exchange, UNAVAILABLE, "try again later\n");
        } else {
            String path = "/batches/" + lastId.incrementAndGet();
            batches.put(path, batch);
            exchange.getResponseHeaders().set("Location", path);
            answer(exchange, ACCEPTED, path + "\n");
        }
    }

    private void tellProgress(HttpExchange exchange) throws IOException {
        Batch<Integer> batch = batches.get(exchange.getRequestURI().getPath());
        if (batch == null) {
            answer(exchange, NOT_FOUND, "no such batch\n");
        } else {
            BatchProgress progress = batch.progress();
            answer(exchange, OK, progress.done() + " of " + progress.total() + "\n");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Takes no more work, and finishes what it has taken; meanwhile it answers, 503 to who comes with more. */
    @Override
    public void close() {
        pool.close();
        server.stop(0);
    }

    /** Serves on the port that is named on the command line, and counts words. */
    public static void main(String[] args) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        new AcceptOrRefuse(system, Integer.parseInt(args[0]), (String line) -> line.split("\\s+").length);
    }
}
