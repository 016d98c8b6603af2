package dev.workpool.metrics;

import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.StoreStatus;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.support.Snapshots;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus gets of a pool and a queue with all of their meters. */
final class Scrape {
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)\\{([^}]*)} \\S+$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** What is asked is held as long as this is not complete. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Scrape() {
        WorkerPoolMetrics.of("pool", () -> Snapshots.of(3), () -> {}, ended).bindTo(registry);
        DurableQueueMetrics.Source queue = new DurableQueueMetrics.Source(
                () -> CompletableFuture.completedFuture(new QueueStats(false, 1, 2, 3, Duration.ofSeconds(4), 5)),
                () -> WorkStats.NONE,
                () -> new StoreStatus(Optional.empty(), Duration.ZERO, 0),
                ended);
        DurableQueueMetrics.of("queue", queue).bindTo(registry);
        ClusterNode node =
                ClusterNodeMetricsTest.node("akka://app@10.0.0.1:25520", ClusterNode.State.WORKING, 4, 3, 20, 1);
        ClusterNodeMetrics.of("pool", () -> List.of(node), ended).bindTo(registry);
        new ErrorTypeMetrics(registry).onProblem(ErrorTypeMetricsTest.failed(new IllegalStateException()));
    }

    /** The labels of each time series, by its name. */
    Map<String, Set<String>> labels() {
        Map<String, Set<String>> series = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(registry.scrape());
        while (sample.find()) {
            Set<String> labels = series.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
            LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
        }
        return series;
    }
}
