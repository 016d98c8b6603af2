package dev.workpool.tracing;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolProblem;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Instant;

/**
 * The span of a batch that has not ended. It ends when the batch's result is complete and no more events come: of these
 * two, either may be known first. Thread-safe.
 */
final class OpenSpan {
    private static final AttributeKey<Long> INDEX = AttributeKey.longKey("workpool.job.index");
    private static final AttributeKey<Double> DELAY = AttributeKey.doubleKey("workpool.retry.delay");

    private static final double NANOS = 1e9;

    private final Span span;
    private final Runnable onEnd;

    /** Null until the result is complete. */
    private Instant complete;

    private boolean hasAllEvents;

    /**
     * A span that has been started.
     *
     * @param span the batch's
     * @param onEnd run when it has ended
     */
    OpenSpan(Span span, Runnable onEnd) {
        this.span = span;
        this.onEnd = onEnd;
    }

    void retried(PoolProblem problem) {
        Attributes attributes = Attributes.builder()
                .put(PoolTracing.ATTEMPT, problem.attempt() + 1L)
                .put(INDEX, problem.index())
                .put(DELAY, problem.time().toNanos() / NANOS)
                .put(
                        SpanErrors.TYPE,
                        problem.error().map(error -> error.getClass().getName()).orElse("timeout"))
                .build();
        span.addEvent("workpool.retry", attributes);
    }

    /** The batch's result is complete. */
    synchronized void complete(BatchProgress counts) {
        span.setAttribute("workpool.jobs.total", counts.total())
                .setAttribute("workpool.jobs.succeeded", counts.succeeded())
                .setAttribute("workpool.jobs.failed", counts.failed())
                .setAttribute("workpool.jobs.timed_out", counts.timedOut())
                .setAttribute("workpool.jobs.cancelled", counts.cancelled())
                .setAttribute("workpool.jobs.rejected", counts.rejected());
        if (counts.failed() + counts.timedOut() + counts.rejected() > 0) {
            span.setStatus(
                    StatusCode.ERROR,
                    counts.failed() + " failed, " + counts.timedOut() + " timed out, " + counts.rejected()
                            + " rejected");
        }
        complete = Instant.now();
        hasAllEvents |= counts.rejected() > 0 || counts.total() == 0; // it was not accepted, and nobody is told its end
        endIfOver();
    }

    /** The stream was cut short, or the batch was not handed in at all. */
    synchronized void failed(Throwable error) {
        SpanErrors.record(span, error);
        complete = Instant.now();
        hasAllEvents = true;
        endIfOver();
    }

    /** No more events come, or some were lost. */
    synchronized void noMoreEvents() {
        hasAllEvents = true;
        endIfOver();
    }

    private void endIfOver() {
        if (complete != null && hasAllEvents) {
            span.end(complete);
            onEnd.run();
        }
    }
}
