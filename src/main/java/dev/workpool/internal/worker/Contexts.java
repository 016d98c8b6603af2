package dev.workpool.internal.worker;

import dev.workpool.internal.util.SafeLog;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobContext;
import dev.workpool.settings.ContextPropagator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contexts that a pool's propagators have captured on a submitting thread, to be set where code is called for it.
 * Thread-safe.
 */
public final class Contexts {
    private static final Logger LOG = LoggerFactory.getLogger(Contexts.class);

    /** Takes nothing away. */
    public static final ContextPropagator.Scope NOTHING = () -> {};

    /** Those of a pool without propagators, and of what came from an actor. */
    public static final Contexts NONE = new Contexts(List.of());

    private final ContextPropagator<Object>[] propagators;
    private final Object[] captured;

    @SuppressWarnings("unchecked") // each is given back what it has captured
    private Contexts(List<ContextPropagator<?>> propagators) {
        this.propagators = propagators.toArray(ContextPropagator[]::new);
        this.captured = new Object[this.propagators.length];
    }

    /** Those of the calling thread, as they are now. What a propagator throws is the caller's. */
    static Contexts capture(List<ContextPropagator<?>> propagators) {
        return capture(propagators, ContextPropagator::capture);
    }

    /** Those of the calling thread, for a batch or a stream. What a propagator throws is the caller's. */
    static Contexts capture(
            List<ContextPropagator<?>> propagators, BatchInfo batch, CompletionStage<BatchProgress> result) {
        return capture(propagators, propagator -> propagator.capture(batch, result));
    }

    private static Contexts capture(
            List<ContextPropagator<?>> propagators, Function<ContextPropagator<Object>, Object> capture) {
        Contexts contexts = new Contexts(propagators);
        for (int i = 0; i < contexts.captured.length; i++) {
            contexts.captured[i] = capture.apply(contexts.propagators[i]);
        }
        return contexts;
    }

    /**
     * Puts all of them in place on the calling thread, or none if one throws, which is the caller's.
     *
     * @return takes them away again, on the same thread; throws nothing
     */
    public ContextPropagator.Scope attach() {
        if (captured.length == 0) {
            return NOTHING;
        }
        ContextPropagator.Scope[] scopes = new ContextPropagator.Scope[captured.length];
        int attached = 0;
        try {
            while (attached < scopes.length) {
                scopes[attached] = propagators[attached].attach(captured[attached]);
                if (scopes[attached] == null) {
                    throw new NullPointerException(
                            "the context propagator at index " + attached + " returned a null scope");
                }
                attached++;
            }
            return () -> close(scopes, scopes.length);
        } finally {
            if (attached < scopes.length) {
                close(scopes, attached);
            }
        }
    }

    private static void close(ContextPropagator.Scope[] scopes, int count) {
        for (int i = count - 1; i >= 0; i--) {
            try {
                scopes[i].close();
            } catch (Throwable t) {
                SafeLog.error(
                        LOG,
                        "A context could not be taken away ("
                                + scopes[i].getClass().getName() + ")",
                        t);
            }
        }
    }

    /** Runs what has to be run in any case: without them, if they cannot be put in place. */
    void run(JobContext.CancelAction action) throws Exception {
        ContextPropagator.Scope scope = NOTHING;
        try {
            scope = attach();
        } catch (Throwable t) {
            SafeLog.error(LOG, "A context could not be put in place; what needs it is run without", t);
        }
        try {
            action.run();
        } finally {
            scope.close();
        }
    }
}
