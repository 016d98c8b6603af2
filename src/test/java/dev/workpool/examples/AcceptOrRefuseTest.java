package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.support.PoolTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A service that is offered more than it can take, and some when it is about to stop. */
class AcceptOrRefuseTest extends PoolTest {
    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> post(AcceptOrRefuse service, int jobs) throws Exception {
        String body = String.join("\n", Collections.nCopies(jobs, "some words"));
        HttpRequest request = HttpRequest.newBuilder(uri(service, "/batches"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static URI uri(AcceptOrRefuse service, String path) {
        return URI.create("http://localhost:" + service.port() + path);
    }

    private String progress(AcceptOrRefuse service, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(service, path)).build();
        return client.send(request, BodyHandlers.ofString()).body().strip();
    }

    @Test
    void itTakesWhatItCanAndRefusesTheRestAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AcceptOrRefuse service = new AcceptOrRefuse(system, 0, line -> {
            release.await();
            return line.length();
        });
        HttpResponse<String> first = post(service, 900);
        assertThat(first.statusCode()).isEqualTo(202);
        String path = first.headers().firstValue("Location").orElseThrow();
        assertThat(progress(service, path)).isEqualTo("0 of 900");
        HttpResponse<String> tooMuch = post(service, 500);
        assertThat(tooMuch.statusCode()).isEqualTo(503);
        assertThat(tooMuch.headers().firstValue("Retry-After")).contains("1");
        release.countDown();
        await().atMost(LONG).until(() -> progress(service, path).equals("900 of 900"));
        assertThat(post(service, 500).statusCode()).isEqualTo(202);
        service.close();
    }

    @Test
    void itRefusesEverythingFromWhenItIsAboutToStop() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AcceptOrRefuse service = new AcceptOrRefuse(system, 0, line -> {
            running.countDown();
            release.await();
            return 0;
        });
        assertThat(post(service, 1).statusCode()).isEqualTo(202);
        running.await();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(service::close);
        await().atMost(LONG).until(() -> post(service, 1).statusCode() == 503);
        release.countDown();
        get(closed);
    }
}
