package dev.workpool.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class GetTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger atATime = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private HttpServer server;
    private String url;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/ok", 200, 10_000, null);
        answer("/empty", 204, 0, null);
        answer("/moved", 302, 0, "/ok");
        answer("/gone", 410, 5, null);
        server.createContext("/hang", exchange -> {
            hanging.countDown();
            awaitRelease();
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stopServing() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void linesHoldStatusBytesAndMilliseconds() {
        Cli.Ran ran = Cli.run("run", "--get", "--ordered", url + "/ok", url + "/empty", url + "/moved");
        assertThat(ran.status()).isZero();
        assertThat(ran.lines().get(0)).matches("200\t10000\t\\d+\t" + url + "/ok");
        assertThat(ran.lines().get(1)).matches("204\t0\t\\d+\t" + url + "/empty");
        assertThat(ran.lines().get(2)).matches("200\t10000\t\\d+\t" + url + "/moved");
    }

    @Test
    void otherStatusesAreFailuresWithTheirNumbers() throws IOException {
        Cli.Ran ran = Cli.run("run", "--get", "--format", "ndjson", url + "/gone");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(Json.lines(ran.out()).get(0))
                .containsEntry("outcome", "failed")
                .containsEntry("status", 410)
                .containsEntry("bytes", 5)
                .containsEntry("error", "HTTP status 410")
                .containsKey("millis");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foo               | not a URL that begins with http:// or https://",
                "ftp://h/          | not a URL that begins with http:// or https://",
                "http:///x         | a URL without a host",
                "http://a b/       | not a URL: Illegal character",
                "http://h:99999/   | port out of range",
            })
    void whatIsNoUrlFailsByItself(String input, String expected) {
        Cli.Ran ran = Cli.run("run", "--get", input, url + "/ok");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).contains("workpool: " + input + ": ").contains(expected);
        assertThat(ran.sum()).contains("1 succeeded, 1 failed");
    }

    @Test
    void aRefusedConnectionIsAFailure() {
        server.stop(0);
        assertThat(Cli.run("run", "--get", url + "/ok").err()).contains(url + "/ok: connection refused");
    }

    @Test
    void atMostNRequestsAreOutAtATime() {
        String list = (url + "/ok\n").repeat(200);
        Cli.Ran ran = Cli.runWith(list, "run", "--get", "--workers", "3", "--input", "-");
        assertThat(ran.sum()).contains("200 succeeded");
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void stoppingEndsARequestThatHangs() throws Exception {
        Stop stop = new Stop();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                stop,
                "run",
                "--get",
                url + "/hang"));
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        stop.request(ExitStatus.ofSignal(15));
        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(ran.status()).isEqualTo(143);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 1 cancelled, 1 total");
    }

    @Test
    void aTimeOutEndsTheRequest() throws IOException {
        Cli.Ran ran = Cli.run("run", "--get", "--timeout", "200ms", "--format", "ndjson", url + "/hang");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 1 timed out, 0 cancelled, 1 total");
        assertThat(Json.lines(ran.out()).get(0))
                .containsEntry("outcome", "timed-out")
                .containsEntry("error", "timed out after 200 ms")
                .containsEntry("attempts", 1)
                .doesNotContainKey("status");
    }

    @Test
    void aFailedRequestIsTriedAgainAndWhatIsNoUrlIsNot() throws IOException {
        String[] options = {"run", "--get", "--retries", "3", "--backoff", "1ms", "--ordered", "--format", "ndjson"};
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of(url + "/gone", "foo", "http://h:99999/", url + "/ok"));
        Cli.Ran ran = Cli.run(line.toArray(String[]::new));
        assertThat(Json.lines(ran.out()))
                .extracting(each -> each.get("outcome") + " " + each.get("attempts"))
                .containsExactly("failed 3", "failed 1", "failed 1", "succeeded 1");
        assertThat(Json.lines(ran.out()).get(0)).containsEntry("status", 410);
    }

    @Test
    void nothingBeginsForAsLongAsAServerAsksFor() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        server.createContext("/busy", exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "3600");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
            refused.countDown();
        });
        Stop stop = new Stop();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream((url + "/busy\n" + (url + "/ok\n").repeat(50)).getBytes(US_ASCII)),
                new ByteArrayOutputStream(),
                stop,
                "run",
                "--get",
                "--workers",
                "1",
                "--input",
                "-"));
        assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 20; i++) { // in which others could have been served
            URI.create(url + "/ok").toURL().openStream().close();
        }
        stop.request(ExitStatus.ofSignal(15));
        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(ran.sum()).startsWith("workpool: 0 succeeded, ").endsWith(", 51 total");
    }

    private void answer(String path, int status, int length, String location) {
        server.createContext(path, exchange -> {
            most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
            if (location != null) {
                exchange.getResponseHeaders().add("Location", location);
            }
            atATime.decrementAndGet();
            exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
            exchange.getResponseBody().write(new byte[length]);
            exchange.close();
        });
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
