package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.job.RunningJob;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A service that shows what it is doing: {@code GET /jobs} lists the jobs that have run for longest, and where each of
 * them is. Those that run for more than some time are in the log as well.
 */
public final class StuckJobs implements AutoCloseable {
    private static final int SHOWN = 20;
    private static final int OK = 200;

    /** A report that is to be made. */
    record Report(int id, String customer) {}

    private final WorkerPool<Report, Integer> pool;
    private final HttpServer server;

    /**
     * Starts it.
     *
     * @param port 0 for any that is free
     * @param suspicious how long a report may take before it is in the log
     * @param handler makes a report
     */
    StuckJobs(ActorSystem<?> system, int port, Duration suspicious, JobHandler<Report, Integer> handler)
            throws IOException {
        pool = WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "reports")
                        .withJobDescriber(Report.class, report -> "report " + report.id()) // not for whom
                        .withWarnAfter(suspicious)
                        .withNamedThreads(true),
                handler);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/jobs", this::show);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    Batch<Integer> make(List<Report> reports) {
        return pool.submitAll(reports, BatchOptions.named("monthly"));
    }

    private void show(HttpExchange exchange) throws IOException {
        String text = pool.runningJobs(SHOWN).stream().map(StuckJobs::shown).collect(Collectors.joining());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(OK, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String shown(RunningJob job) {
        String stack =
                job.stack().stream().map(frame -> "    at " + frame + "\n").collect(Collectors.joining());
        return job + "\n" + stack;
    }

    @Override
    public void close() {
        pool.abort();
        server.stop(0);
    }

    /** Serves on the port that is named on the command line, and gets stuck at one report of three. */
    public static void main(String[] args) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        StuckJobs service =
                new StuckJobs(system, Integer.parseInt(args[0]), Duration.ofSeconds(10), (report, context) -> {
                    context.progress(1, 3, "collecting");
                    Thread.sleep(report.id() == 2 ? Long.MAX_VALUE : 1);
                    return report.id();
                });
        service.make(List.of(new Report(1, "Ada"), new Report(2, "Grace"), new Report(3, "Edsger")));
    }
}
