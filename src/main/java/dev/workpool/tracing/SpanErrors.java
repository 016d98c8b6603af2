package dev.workpool.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.concurrent.CompletionException;

/** Shows an error on a span: as its status, as an event, and by its class. */
final class SpanErrors {
    /** As OpenTelemetry's semantic conventions name it. */
    static final AttributeKey<String> TYPE = AttributeKey.stringKey("error.type");

    private SpanErrors() {}

    static void record(Span span, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        span.recordException(cause);
        span.setAttribute(TYPE, cause.getClass().getName());
        span.setStatus(StatusCode.ERROR);
    }
}
