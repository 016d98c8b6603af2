package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.job.PoolHealth;
import dev.workpool.metrics.WorkerPoolMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A service that Prometheus and an orchestrator watch: {@code GET /metrics} has the numbers of its pool, for the dashboard in {@code src/docs/grafana}, and {@code GET /health} says
 * by 200 or 503 whether the pool takes work, and what is wrong with it.
 *
 * <p>A job that is stuck shows in both: as a worker that is busy for longer and longer, and as a reason of a degraded pool.
 */
public final class WatchedService implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final WorkerPool<String, Integer> pool;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Duration longestJob;
    private final HttpServer server;

    /**
     * Starts it.
     *
     * @param port 0 for any that is free
     * @param longestJob a job that runs for longer is probably stuck
     */
    WatchedService(ActorSystem<?> system, int port, Duration longestJob, JobHandler.Simple<String, Integer> handler)
            throws IOException {
        this.longestJob = longestJob;
        pool = WorkerPool.start(system, "watched", handler);
        WorkerPoolMetrics.of(pool).bindTo(registry);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/metrics", exchange -> answer(exchange, OK, registry.scrape()));
        server.createContext("/health", this::health);
        server.start();
    }

    WorkerPool<String, Integer> pool() {
        return pool;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** A degraded pool works, so nobody should restart the service for it. */
    private void health(HttpExchange exchange) throws IOException {
        PoolHealth health = pool.health(longestJob);
        answer(exchange, health.isDown() ? UNAVAILABLE : OK, health.toString());
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        pool.close();
        server.stop(0);
        registry.close();
    }

    /** Serves on the port that is named on the command line, until it is killed, and runs some jobs all the time. */
    public static void main(String[] args) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "watched");
        WatchedService service =
                new WatchedService(system, Integer.parseInt(args[0]), Duration.ofMinutes(1), String::length);
        while (true) {
            service.pool.submit("some words").join();
        }
    }
}
