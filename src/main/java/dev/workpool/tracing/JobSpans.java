package dev.workpool.tracing;

import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.util.concurrent.CompletionStage;

/** Puts a span around each call of a handler: one for each attempt at a job. Thread-safe. */
final class JobSpans {
    private final Tracer tracer;
    private final String pool;

    JobSpans(Tracer tracer, String pool) {
        this.tracer = tracer;
        this.pool = pool;
    }

    @SuppressWarnings("try") // the scope is there to be closed
    <J, R> JobHandler<J, R> of(JobHandler<J, R> handler) {
        return (job, context) -> {
            Span span = start(context);
            try (Scope scope = span.makeCurrent()) {
                return handler.handle(job, context);
            } catch (Throwable t) {
                SpanErrors.record(span, t);
                throw t;
            } finally {
                span.end();
            }
        };
    }

    /** The span ends with the stage, which is passed on as it is, since the pool cancels it. */
    @SuppressWarnings("try")
    <J, R> AsyncJobHandler<J, R> ofAsync(AsyncJobHandler<J, R> handler) {
        return (job, context) -> {
            Span span = start(context);
            try (Scope scope = span.makeCurrent()) {
                CompletionStage<R> stage = handler.handle(job, context);
                if (stage == null) {
                    end(span, new NullPointerException("the handler returned a null stage")); // as the pool says
                } else {
                    stage.whenComplete((result, error) -> end(span, error));
                }
                return stage;
            } catch (Throwable t) {
                end(span, t);
                throw t;
            }
        };
    }

    private static void end(Span span, Throwable error) {
        if (error != null) {
            SpanErrors.record(span, error);
        }
        span.end();
    }

    private Span start(JobContext context) {
        return tracer.spanBuilder(pool + " job")
                .setAttribute(PoolTracing.POOL, pool)
                .setAttribute(PoolTracing.ATTEMPT, (long) context.attempt())
                .setAttribute("workpool.worker", context.workerIndex())
                .startSpan();
    }
}
