package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.examples.StuckJobs.Report;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.PoolTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A job that is stuck is found, by whoever looks at the service and by whoever reads its log. */
class StuckJobsTest extends PoolTest {
    private final HttpClient client = HttpClient.newHttpClient();

    private String shown(StuckJobs service) throws Exception {
        URI uri = URI.create("http://localhost:" + service.port() + "/jobs");
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** Where it hangs, as the stack shows it. */
    private static void waitForAnAnswerThatNeverComes(CountDownLatch answered) throws InterruptedException {
        answered.await();
    }

    @Test
    void theOneReportThatHangsIsFound() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (CapturedLog log = CapturedLog.of("dev.workpool.internal.router.LongRuns");
                StuckJobs service = new StuckJobs(system, 0, Duration.ofSeconds(1), (report, context) -> {
                    context.progress(1, 3, "collecting");
                    if (report.id() == 42) {
                        waitForAnAnswerThatNeverComes(answered);
                    }
                    return report.id();
                })) {
            Batch<Integer> batch =
                    service.make(List.of(new Report(41, "Ada"), new Report(42, "Grace"), new Report(43, "Edsger")));
            await().atMost(LONG).until(() -> batch.progress().done() == 2);
            assertThat(shown(service))
                    .startsWith("report 42, index 1 of batch " + batch.id() + " 'monthly', attempt 1, for ")
                    .contains("thread reports-worker-", ", 1 of 3 done (collecting)\n")
                    .contains("waitForAnAnswerThatNeverComes")
                    .doesNotContain("Grace");
            assertThat(batch.progress().fraction()).isEqualTo((2 + 1.0 / 3) / 3);
            await().atMost(LONG).until(() -> !log.messages().isEmpty());
            assertThat(log.messages().get(0))
                    .startsWith("Pool 'reports': a job has run for longer than warn-after. report 42, index 1 of batch "
                            + batch.id() + " 'monthly', attempt 1, for ")
                    .contains("waitForAnAnswerThatNeverComes");
            answered.countDown();
            assertThat(get(batch.result()).values()).containsExactly(41, 42, 43);
            await().atMost(LONG).until(() -> shown(service).isEmpty());
        }
    }
}
