package dev.workpool.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans of batches, streams and jobs, as the SDK exports them. */
class PoolTracingTest extends PoolTest {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final PoolTracing tracing = PoolTracing.of(sdk);

    @BeforeEach
    void forgetSpans() {
        exporter.reset();
    }

    @AfterAll
    void closeSdk() {
        sdk.close();
    }

    private List<SpanData> spans(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().endsWith(name))
                .toList();
    }

    private SpanData await1(String name) {
        await().atMost(LONG).until(() -> !spans(name).isEmpty());
        assertThat(spans(name)).hasSize(1);
        return spans(name).get(0);
    }

    private static Object attribute(SpanData span, String key) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(entry -> entry.getKey().getKey().equals(key))
                .findFirst()
                .map(entry -> entry.getValue())
                .orElse(null);
    }

    /** Runs something as a request would, and ends its span. */
    @SuppressWarnings("try") // the scope is there to be closed
    private SpanData inSpan(ThrowingRunnable request) throws Exception {
        Span span = sdk.getTracer("test").spanBuilder("request").startSpan();
        try (Scope scope = span.makeCurrent()) {
            request.run();
        } finally {
            span.end();
        }
        return await1("request");
    }

    @FunctionalInterface
    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void aBatchIsAChildOfItsSubmittersAndTheParentOfItsJobs() throws Exception {
        WorkerPoolSettings settings = tracing.in(settings(2));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, tracing.ofJobs(settings.name(), (Integer job) -> job))) {
            SpanData request = inSpan(() ->
                    get(pool.submitAll(jobs(3), BatchOptions.named("orders")).result()));
            SpanData batch = await1(" batch");
            assertThat(batch.getName()).isEqualTo(pool.name() + " batch");
            assertThat(batch.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(batch.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(attribute(batch, "workpool.pool")).isEqualTo(pool.name());
            assertThat(attribute(batch, "workpool.batch.name")).isEqualTo("orders");
            assertThat(attribute(batch, "workpool.jobs.total")).isEqualTo(3L);
            assertThat(attribute(batch, "workpool.jobs.succeeded")).isEqualTo(3L);
            assertThat(batch.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(spans(" job")).hasSize(3).allSatisfy(job -> {
                assertThat(job.getParentSpanId()).isEqualTo(batch.getSpanId());
                assertThat(attribute(job, "workpool.attempt")).isEqualTo(1L);
                assertThat(attribute(job, "workpool.worker")).isIn(0L, 1L);
            });
        }
    }

    @Test
    void aRetryIsAnEventOfTheBatchAndASpanOfItsOwn() throws Exception {
        RetryPolicy thrice = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1));
        WorkerPoolSettings settings = tracing.in(settings(1).withRetry(thrice));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, tracing.ofJobs(settings.name(), (job, context) -> {
                    if (job == 1 && context.attempt() < 3) {
                        throw new IOException("not yet");
                    }
                    return job;
                }))) {
            get(pool.submitAll(List.of(0, 1)).result());
            SpanData batch = await1(" batch");
            assertThat(batch.getEvents())
                    .extracting(EventData::getName)
                    .containsExactly("workpool.retry", "workpool.retry");
            assertThat(batch.getEvents().get(1).getAttributes().get(AttributeKey.longKey("workpool.attempt")))
                    .isEqualTo(3);
            assertThat(batch.getEvents().get(1).getAttributes().get(AttributeKey.longKey("workpool.job.index")))
                    .isEqualTo(1);
            assertThat(batch.getEvents().get(1).getAttributes().get(AttributeKey.stringKey("error.type")))
                    .isEqualTo("java.io.IOException");
            assertThat(batch.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            List<SpanData> attempts = spans(" job");
            assertThat(attempts).hasSize(4);
            assertThat(attempts.stream().filter(job -> job.getStatus().getStatusCode() == StatusCode.ERROR))
                    .hasSize(2)
                    .allSatisfy(job -> {
                        assertThat(attribute(job, "error.type")).isEqualTo("java.io.IOException");
                        assertThat(job.getEvents())
                                .extracting(EventData::getName)
                                .containsExactly("exception");
                    });
        }
    }

    @Test
    void aBatchWithAFailureHasAnErrorStatus() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, tracing.in(settings(1)), job -> 1 / job)) {
            get(pool.submitAll(List.of(0, 1)).result());
            SpanData batch = await1(" batch");
            assertThat(batch.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(batch.getStatus().getDescription()).isEqualTo("1 failed, 0 timed out, 0 rejected");
            assertThat(attribute(batch, "workpool.jobs.failed")).isEqualTo(1L);
            assertThat(batch.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        }
    }

    @Test
    void aRejectedBatchHasASpanThatEndsAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, tracing.in(settings(1).withQueueCapacity(1, WhenFull.REJECT)), job -> {
                    release.await();
                    return job;
                })) {
            get(pool.submitAll(jobs(10)).result());
            assertThat(attribute(await1(" batch"), "workpool.jobs.rejected")).isEqualTo(10L);
            release.countDown();
        }
        exporter.reset();
    }

    @Test
    void aBatchThatIsNotHandedInHasASpanWithTheError() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, tracing.in(settings(1)), job -> job)) {
            assertThatThrownBy(() -> pool.submitAll(Arrays.asList(1, null))).isInstanceOf(NullPointerException.class);
            assertThat(attribute(await1(" batch"), "error.type")).isEqualTo("java.lang.NullPointerException");
        }
    }

    @Test
    void aStreamHasASpanAndItsJobsAreItsChildren() throws Exception {
        WorkerPoolSettings settings = tracing.in(settings(2));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, tracing.ofJobs(settings.name(), (Integer job) -> job))) {
            SpanData request =
                    inSpan(() -> get(pool.process(jobs(5).iterator(), StreamOptions.ordered(), (job, outcome) -> {})
                            .result()));
            SpanData stream = await1(" stream");
            assertThat(stream.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(attribute(stream, "workpool.jobs.succeeded")).isEqualTo(5L);
            assertThat(spans(" job"))
                    .hasSize(5)
                    .allSatisfy(job -> assertThat(job.getParentSpanId()).isEqualTo(stream.getSpanId()));
        }
    }

    @Test
    void aStreamThatIsCutShortHasTheError() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, tracing.in(settings(1)), job -> job)) {
            pool.process(jobs(5).iterator(), StreamOptions.ordered(), (job, outcome) -> {
                throw new UncheckedIOException(new IOException("disk"));
            });
            SpanData stream = await1(" stream");
            assertThat(attribute(stream, "error.type")).isEqualTo("java.io.UncheckedIOException");
            assertThat(stream.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        }
    }

    @Test
    void aSingleJobIsAChildOfItsSubmitters() throws Exception {
        WorkerPoolSettings settings = tracing.in(settings(1));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, tracing.ofJobs(settings.name(), (Integer job) -> job))) {
            SpanData request = inSpan(() -> get(pool.submit(1)));
            assertThat(await1(" job").getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(spans(" batch")).isEmpty();
        }
    }

    @Test
    void theSpanOfAnAsynchronousJobEndsWithItsStage() throws Exception {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        WorkerPoolSettings settings = tracing.in(settings(1));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings,
                tracing.ofAsyncJobs(
                        settings.name(),
                        (job, context) ->
                                job == 0 ? answer : CompletableFuture.failedFuture(new IOException("refused"))))) {
            SpanData request = inSpan(() -> {
                CompletableFuture<Integer> result = pool.submit(0);
                await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
                assertThat(spans(" job")).isEmpty();
                answer.complete(7);
                assertThat(get(result)).isEqualTo(7);
            });
            assertThat(await1(" job").getParentSpanId()).isEqualTo(request.getSpanId());
            exporter.reset();
            get(pool.submitAll(List.of(1)).result());
            assertThat(attribute(await1(" job"), "error.type")).isEqualTo("java.io.IOException");
        }
    }

    @Test
    void aBatchWithoutJobsHasASpanToo() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, tracing.in(settings(1)), job -> job)) {
            get(pool.submitAll(List.of()).result());
            assertThat(attribute(await1(" batch"), "workpool.jobs.total")).isEqualTo(0L);
        }
    }

    @Test
    void soHasOneThatItsSubmitterRuns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, tracing.in(settings(1).withQueueCapacity(1, WhenFull.CALLER_RUNS)), job -> {
                    if (job < 0) {
                        release.await();
                    }
                    return job;
                })) {
            pool.submit(-1);
            pool.submit(-2);
            await().atMost(LONG).until(() -> pool.snapshot().queued() == 1);
            get(pool.submitAll(jobs(3)).result());
            assertThat(attribute(await1(" batch"), "workpool.jobs.succeeded")).isEqualTo(3L);
            release.countDown();
        }
    }

    @Test
    void everySpanEnds() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, tracing.in(settings(2)), job -> job)) {
            for (int i = 0; i < 300; i++) {
                Batch<Integer> batch = pool.submitAll(jobs(2));
                if (i % 3 == 0) {
                    batch.cancel();
                }
            }
            get(pool.submitAll(jobs(2)).result());
            await().atMost(LONG).until(() -> spans(" batch").size() == 301);
        }
    }

    @Test
    void withoutAnSdkJobsRunAllTheSame() throws Exception {
        PoolTracing none = PoolTracing.of(OpenTelemetry.noop());
        WorkerPoolSettings settings = none.in(settings(1));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, none.ofJobs(settings.name(), (Integer job) -> job))) {
            assertThat(get(pool.submitAll(jobs(3)).result()).values()).isEqualTo(jobs(3));
        }
    }
}
