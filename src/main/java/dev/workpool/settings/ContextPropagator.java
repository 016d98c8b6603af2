package dev.workpool.settings;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobContext;
import dev.workpool.job.OutcomeConsumer;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.MDC;

/**
 * Carries the context of a thread, such as a request's identity or a trace, from the thread that submits jobs to the
 * threads that call the handler and other code for them. Thread-safe.
 *
 * <p>A pool captures once for each {@link dev.workpool.WorkerPool#submit}, {@link dev.workpool.WorkerPool#submitAll} and {@link
 * dev.workpool.WorkerPool#process}, on the calling thread, and attaches what it has captured around
 *
 * <ul>
 *   <li>each call of the handler, retries included; around the call of an asynchronous handler, that is, and not around
 *       what its stage does elsewhere;
 *   <li>each {@link JobContext#onCancel} action of these jobs, wherever it runs;
 *   <li>each call of the {@linkplain OutcomeConsumer consumer} of a batch or a stream, and of a stream's observer.
 * </ul>
 *
 * <p>Commands to {@link dev.workpool.WorkerPool#ref} or to a pool that is a behavior carry no context, since an actor's thread has
 * none. Dependents of stages and the source of a stream get none either.
 *
 * <p>OpenTelemetry's, for instance, is {@code capture() { return Context.current(); }} and {@code attach(Context
 * context) { return context.makeCurrent()::close; }}.
 *
 * @param <C> type of what is captured; may be held as long as the jobs are, and attached on several threads at a time
 */
public interface ContextPropagator<C> {

    /**
     * Captures the context of the calling thread.
     *
     * @return may be null
     * @throws RuntimeException or an error: the caller of submit gets it, and nothing is accepted
     */
    C capture();

    /**
     * Captures the context of the calling thread for a batch or a stream. May add one of its own for it, such as a span
     * that ends with the result. Does the same as {@link #capture()} unless it is overridden.
     *
     * @param batch what is being submitted
     * @param result completes when every job has its outcome, also if the batch is rejected; on the callback executor.
     *     Fails if a stream is cut short, and if the submission throws, then on the calling thread. The error may be
     *     the cause of a {@link java.util.concurrent.CompletionException}.
     * @return may be null
     * @throws RuntimeException or an error: the caller of submit gets it, and nothing is accepted
     */
    default C capture(BatchInfo batch, CompletionStage<BatchProgress> result) {
        return capture();
    }

    /**
     * Sets the context on the calling thread. The returned scope is closed on the same thread, whatever the outcome of
     * the attempt.
     *
     * @param context what was captured
     * @return puts back what was in place before
     * @throws RuntimeException or an error; nothing may be in place then. The handler is not called, and the attempt
     *     fails with it. A stream ends as if its consumer or observer had thrown it. The consumer of a batch, and an
     *     {@code onCancel} action, are called all the same, without any context, and it is logged.
     */
    Scope attach(C context);

    /** How a context that was attached is taken away. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Puts back what was in place before. What it throws is logged and has no effect on the job. */
        @Override
        void close();
    }

    /**
     * Carries the mapped diagnostic context of slf4j, so that what a handler logs shows who submitted the job. What the
     * handler itself puts there is gone after the job.
     *
     * @return a propagator with no state
     */
    static ContextPropagator<Map<String, String>> mdc() {
        return new ContextPropagator<>() {
            @Override
            public Map<String, String> capture() {
                return MDC.getCopyOfContextMap();
            }

            @Override
            public Scope attach(Map<String, String> context) {
                Map<String, String> before = MDC.getCopyOfContextMap();
                set(context);
                return () -> set(before);
            }

            private void set(Map<String, String> map) {
                if (map == null) {
                    MDC.clear();
                } else {
                    MDC.setContextMap(map);
                }
            }

            @Override
            public String toString() {
                return "mdc";
            }
        };
    }
}
