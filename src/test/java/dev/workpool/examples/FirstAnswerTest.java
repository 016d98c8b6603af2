package dev.workpool.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mirrors that answer, do not, or are out of order; another is asked each time the clock says so. */
@Timeout(120)
class FirstAnswerTest {
    private static final ActorTestKit KIT = ActorTestKit.create("first-answer", ManualTime.config());
    private static final ManualTime TIME = ManualTime.get(KIT.system());
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/good", exchange -> reply(exchange, 200, "hello"));
        server.createContext("/broken", exchange -> reply(exchange, 503, "out of order"));
        server.createContext("/slow", this::hang);
        server.start();
    }

    @AfterEach
    void stopServer() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private void reply(HttpExchange exchange, int status, String body) throws IOException {
        asked.add(exchange.getRequestURI().getPath());
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** Answers nothing until all is over, and then until nobody listens any more. */
    private void hang(HttpExchange exchange) {
        asked.add(exchange.getRequestURI().getPath());
        try (OutputStream out = exchange.getResponseBody()) {
            over.await();
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                out.write(new byte[8192]);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            hungUp.countDown();
        }
    }

    private List<URI> mirrors(String... names) {
        return Stream.of(names)
                .map(name -> URI.create("http://" + server.getAddress().getHostString() + ":"
                        + server.getAddress().getPort() + "/" + name))
                .toList();
    }

    private String nextAsked() throws InterruptedException {
        return asked.poll(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private WorkerPool<URI, String> start() {
        return FirstAnswer.start(KIT.system(), client);
    }

    @Test
    void oneMoreIsAskedEachSecondOrWhenOneFails() throws Exception {
        try (WorkerPool<URI, String> pool = start()) {
            Batch<String> race = FirstAnswer.ask(pool, mirrors("broken", "slow", "good", "good/spare"), SECOND);
            CompletionStage<String> answer = race.firstSuccess();
            assertThat(nextAsked()).isEqualTo("/broken");
            assertThat(nextAsked()).isEqualTo("/slow");
            PoolTest.get(pool.stats());
            assertThat(asked).isEmpty();
            TIME.timePasses(SECOND);
            assertThat(nextAsked()).isEqualTo("/good");

            assertThat(PoolTest.get(answer)).isEqualTo("hello");
            BatchResult<String> result = PoolTest.get(race.result());
            assertThat(result.outcomes().get(0).problem().orElseThrow())
                    .isInstanceOf(IOException.class)
                    .hasMessage("status 503");
            assertThat(result.outcomes().subList(1, 4))
                    .containsExactly(
                            new Outcome.Cancelled<>(1), // was asked, and may hang up
                            new Outcome.Succeeded<>("hello", 1),
                            new Outcome.Cancelled<>(0)); // was never asked
            TIME.timePasses(SECOND);
            PoolTest.get(pool.stats());
            assertThat(asked).isEmpty();
        }
        over.countDown();
        hungUp.await(); // the client has closed the connection, or this would go on for ever
    }

    @Test
    void whereNoneIsGoodThereIsNoAnswer() throws Exception {
        try (WorkerPool<URI, String> pool = start()) {
            Batch<String> race = FirstAnswer.ask(pool, mirrors("broken", "broken/too"), SECOND);
            assertThat(nextAsked()).isEqualTo("/broken");
            assertThat(nextAsked()).isEqualTo("/broken/too");
            assertThatThrownBy(() -> PoolTest.get(race.firstSuccess()))
                    .cause()
                    .isInstanceOf(BatchFailedException.class)
                    .hasRootCauseMessage("status 503");
            assertThat(PoolTest.get(race.result()).failed()).isEqualTo(2);
        }
    }
}
