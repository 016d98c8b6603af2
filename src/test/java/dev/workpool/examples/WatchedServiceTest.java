package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A service as those see it who watch it from outside. */
class WatchedServiceTest extends PoolTest {
    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(WatchedService service, String path) throws Exception {
        URI uri = URI.create("http://localhost:" + service.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private double metric(WatchedService service, String series) throws Exception {
        Matcher line = Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(get(service, "/metrics").body());
        assertThat(line.find()).as(series).isTrue();
        return Double.parseDouble(line.group(1));
    }

    @Test
    void aStuckJobIsFoundFromOutside() throws Exception {
        try (WatchedService service = new WatchedService(
                system, 0, Duration.ofMillis(100), line -> line.isEmpty() ? Handlers.hang() : line.length())) {
            assertThat(get(service, "/health").statusCode()).isEqualTo(200);
            service.pool().submit("");
            await().atMost(LONG).until(() -> metric(service, "executor_active_threads{name=\"watched\"}") == 1);
            get(service.pool().submitAll(List.of("some", "words")).result());
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(metric(service, "workpool_jobs_total{name=\"watched\",outcome=\"succeeded\"}"))
                        .isEqualTo(2);
                assertThat(metric(service, "workpool_job_oldest_seconds{name=\"watched\"}"))
                        .isGreaterThan(0.1);
            });
            HttpResponse<String> health = get(service, "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).startsWith("DEGRADED: a job has run for ");
            service.pool().drain();
            assertThat(get(service, "/health").statusCode()).isEqualTo(503);
            service.pool().abort();
        }
    }
}
