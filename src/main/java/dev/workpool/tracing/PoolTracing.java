package dev.workpool.tracing;

import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.WorkerPoolSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes an OpenTelemetry span of each batch and each stream, and of each attempt at a job where that is asked for.
 * Thread-safe; one serves any number of pools.
 *
 * <pre>{@code
 * PoolTracing tracing = PoolTracing.of(openTelemetry);
 * WorkerPool.start(system, tracing.in(settings), tracing.ofJobs("hashers", (Path file) -> sha256(file)));
 * }</pre>
 *
 * <ul>
 *   <li>A batch's span begins when the batch is submitted and ends when its result is complete. It is a child of the
 *       submitter's span, and the current one while its jobs run. It has the counts of the outcomes, an event for each
 *       retry, at most 100 a second, and an error status if a job has failed, timed out or was rejected.
 *   <li>A job's span is one attempt at it. It is a child of its batch's, or of the submitter's if the job was submitted
 *       by itself, which then is the current one while the job runs.
 * </ul>
 *
 * <p>Needs {@code io.opentelemetry:opentelemetry-api} on the class path, which the library does not depend on.
 */
public final class PoolTracing {
    static final AttributeKey<String> POOL = AttributeKey.stringKey("workpool.pool");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("workpool.attempt");

    private final Tracer tracer;
    private final BatchSpans batches;

    private PoolTracing(Tracer tracer) {
        this.tracer = tracer;
        this.batches = new BatchSpans(tracer);
    }

    /**
     * Traces with a tracer called {@code dev.workpool}.
     *
     * @param openTelemetry gives the tracer, and exports the spans
     * @return traces nothing yet, see {@link #in} and {@link #ofJobs}
     */
    public static PoolTracing of(OpenTelemetry openTelemetry) {
        Objects.requireNonNull(openTelemetry, "openTelemetry");
        return new PoolTracing(openTelemetry.getTracer("dev.workpool"));
    }

    /**
     * Makes spans of the batches and streams of a pool, and carries the submitter's OpenTelemetry context to its jobs.
     *
     * @param settings the pool's; what propagates other contexts stays, before this
     * @return changed settings
     */
    public WorkerPoolSettings in(WorkerPoolSettings settings) {
        Objects.requireNonNull(settings, "settings");
        List<ContextPropagator<?>> propagators = new ArrayList<>(settings.contextPropagators());
        propagators.add(batches);
        return settings.withContextPropagators(propagators.toArray(ContextPropagator[]::new))
                .withObserver(batches);
    }

    /**
     * Makes a span of each attempt at a job. Costs some microseconds an attempt, so it is for jobs that take longer.
     *
     * @param pool the pool's name
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the handler to start the pool with
     */
    public <J, R> JobHandler<J, R> ofJobs(String pool, JobHandler<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return new JobSpans(tracer, Objects.requireNonNull(pool, "pool")).of(handler);
    }

    /**
     * Makes a span of each attempt at a job, for a handler without a context.
     *
     * @param pool the pool's name
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the handler to start the pool with
     */
    public <J, R> JobHandler<J, R> ofJobs(String pool, JobHandler.Simple<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return ofJobs(pool, (job, context) -> handler.handle(job));
    }

    /**
     * Makes a span of each attempt at a job, for an asynchronous handler. The span is current while the handler is
     * called, and ends when its stage completes.
     *
     * @param pool the pool's name
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the handler to start the pool with
     */
    public <J, R> AsyncJobHandler<J, R> ofAsyncJobs(String pool, AsyncJobHandler<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return new JobSpans(tracer, Objects.requireNonNull(pool, "pool")).ofAsync(handler);
    }
}
