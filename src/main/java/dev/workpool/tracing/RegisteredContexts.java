package dev.workpool.tracing;

import dev.workpool.settings.ContextPropagator;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries every thread-local context that is registered with Micrometer's context propagation: observations and traces
 * of Micrometer, what Reactor has put on the thread, and those that an application has registered itself. Thread-safe.
 *
 * <p>A context that the submitter did not have is cleared while a job runs, so a job never sees one of another.
 *
 * <p>Set it by {@code withContextPropagators(new RegisteredContexts())}, or by its name:
 *
 * <pre>{@code
 * workpool.context-propagators = ["dev.workpool.tracing.RegisteredContexts"]
 * }</pre>
 *
 * <p>Needs {@code io.micrometer:context-propagation} on the class path, which the library does not depend on.
 */
public final class RegisteredContexts implements ContextPropagator<ContextSnapshot> {
    private final ContextSnapshotFactory snapshots;

    /**
     * Carries what is in the global {@code ContextRegistry}, also what is registered there later.
     *
     * @throws IllegalStateException if the library is not on the class path
     */
    public RegisteredContexts() {
        try {
            this.snapshots = ContextSnapshotFactory.builder().clearMissing(true).build();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "registered contexts need io.micrometer:context-propagation on the class path; add this dependency,"
                            + " 1.2.1 is tested",
                    e);
        }
    }

    @Override
    public ContextSnapshot capture() {
        return snapshots.captureAll();
    }

    @Override
    public Scope attach(ContextSnapshot context) {
        return context.setThreadLocals()::close;
    }

    @Override
    public String toString() {
        return "RegisteredContexts";
    }
}
