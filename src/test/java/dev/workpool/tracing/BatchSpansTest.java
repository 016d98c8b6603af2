package dev.workpool.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolProblem;
import dev.workpool.support.Snapshots;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A span ends once, whichever of its ends is known first, and even if one is never told. */
class BatchSpansTest {
    private static final BatchInfo BATCH = new BatchInfo("pool", BatchInfo.Kind.BATCH, 7, "orders");
    private static final BatchProgress COUNTS = new BatchProgress(2, 2, 0, 0, 0, 0);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    private final BatchSpans spans = new BatchSpans(provider.get("test"));
    private final CompletableFuture<BatchProgress> result = new CompletableFuture<>();

    @AfterEach
    void close() {
        provider.close();
    }

    private void assertEnded(int times) {
        assertThat(exporter.getFinishedSpanItems()).hasSize(times);
    }

    private static PoolProblem retry(PoolProblem.Kind kind) {
        return new PoolProblem(
                kind,
                "pool",
                Optional.of(BATCH),
                1,
                1,
                1,
                Optional.of(new IOException()),
                "the handler threw",
                Duration.ofMillis(5),
                0);
    }

    @Test
    void aRetryThatIsToldAfterTheResultIsStillThere() {
        spans.capture(BATCH, result);
        result.complete(COUNTS);
        spans.onProblem(retry(PoolProblem.Kind.RETRIED));
        spans.onProblem(retry(PoolProblem.Kind.OVERDUE));
        assertEnded(0);
        spans.onBatchEnded(BATCH, COUNTS, Duration.ZERO);
        assertEnded(1);
        assertThat(exporter.getFinishedSpanItems().get(0).getEvents()).hasSize(1);
        spans.onBatchEnded(BATCH, COUNTS, Duration.ZERO);
        spans.onProblem(retry(PoolProblem.Kind.RETRIED));
        assertEnded(1);
    }

    @Test
    void theEndMayBeToldBeforeTheResult() {
        spans.capture(BATCH, result);
        spans.onBatchEnded(BATCH, COUNTS, Duration.ZERO);
        assertEnded(0);
        result.complete(COUNTS);
        assertEnded(1);
    }

    @Test
    void eventsThatWereLostKeepNoSpanOpen() {
        spans.capture(BATCH, result);
        spans.onDropped("pool", 3);
        assertEnded(0);
        result.complete(COUNTS);
        assertEnded(1);
    }

    @Test
    void soDoesTheEndOfThePool() {
        spans.capture(BATCH, result);
        result.complete(COUNTS);
        spans.onEnd(Snapshots.of(2));
        assertEnded(1);
    }
}
