package dev.workpool.tracing;

import dev.workpool.settings.ContextPropagator;
import io.opentelemetry.context.Context;

/**
 * Carries the current OpenTelemetry context, with its span and baggage, from the submitter to the handler. Makes no
 * spans of its own; {@link PoolTracing} does both. Thread-safe.
 *
 * <p>Set it by {@code withContextPropagators(new OpenTelemetryContexts())}, or by its name:
 *
 * <pre>{@code
 * workpool.context-propagators = ["dev.workpool.tracing.OpenTelemetryContexts"]
 * }</pre>
 *
 * <p>Needs {@code io.opentelemetry:opentelemetry-api} on the class path, which the library does not depend on.
 */
public final class OpenTelemetryContexts implements ContextPropagator<Context> {

    /**
     * Carries contexts.
     *
     * @throws IllegalStateException if the library is not on the class path
     */
    public OpenTelemetryContexts() {
        try {
            Context.root();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "tracing needs io.opentelemetry:opentelemetry-api on the class path; add this dependency, 1.68.0 is"
                            + " tested",
                    e);
        }
    }

    @Override
    public Context capture() {
        return Context.current();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // by the pool
    public Scope attach(Context context) {
        return context.makeCurrent()::close;
    }

    @Override
    public String toString() {
        return "OpenTelemetryContexts";
    }
}
