package dev.workpool.tracing;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.ContextPropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Begins a span for each batch where it is submitted, carries it to the batch's jobs, and ends it with the batch.
 * Thread-safe.
 */
final class BatchSpans implements ContextPropagator<Context>, PoolObserver {
    private final Tracer tracer;
    private final OpenTelemetryContexts contexts = new OpenTelemetryContexts();

    /** By the ids of their batches. */
    private final Map<Long, OpenSpan> open = new ConcurrentHashMap<>();

    BatchSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    // What is carried

    /** A single job has the submitter's span. */
    @Override
    public Context capture() {
        return contexts.capture();
    }

    @Override
    public Context capture(BatchInfo batch, CompletionStage<BatchProgress> result) {
        Span span = tracer.spanBuilder(batch.pool() + (batch.kind() == BatchInfo.Kind.STREAM ? " stream" : " batch"))
                .setAttribute(PoolTracing.POOL, batch.pool())
                .setAttribute("workpool.batch.id", batch.id())
                .startSpan();
        if (!batch.name().isEmpty()) {
            span.setAttribute("workpool.batch.name", batch.name());
        }
        OpenSpan opened = new OpenSpan(span, () -> open.remove(batch.id()));
        open.put(batch.id(), opened);
        result.whenComplete((counts, error) -> {
            if (error == null) {
                opened.complete(counts);
            } else {
                opened.failed(error);
            }
        });
        return contexts.capture().with(span);
    }

    @Override
    public Scope attach(Context context) {
        return contexts.attach(context);
    }

    // What is told

    @Override
    public void onProblem(PoolProblem problem) {
        if (problem.kind() == PoolProblem.Kind.RETRIED) {
            problem.batch().map(batch -> open.get(batch.id())).ifPresent(span -> span.retried(problem));
        }
    }

    @Override
    public void onBatchEnded(BatchInfo batch, BatchProgress counts, Duration took) {
        OpenSpan span = open.get(batch.id());
        if (span != null) {
            span.noMoreEvents();
        }
    }

    /** The end of any batch may have been among them. */
    @Override
    public void onDropped(String pool, long events) {
        open.values().forEach(OpenSpan::noMoreEvents);
    }

    /** Batches that came too late are refused, and nobody is told of their end. */
    @Override
    public void onEnd(PoolSnapshot last) {
        onDropped(last.name(), 0);
    }
}
