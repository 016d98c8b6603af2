package dev.workpool.actor;

import dev.workpool.ContextPropagator;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the contexts of submitters with their jobs: packs jobs when they are submitted, and unpacks them for the handler. A pool
 * without propagators has one that hands everything on as it is. Thread-safe.
 *
 * <p>A packed job goes as a {@code J} through the pool, which only ever hands jobs on.
 */
public abstract class JobCarrier<J> {
    private JobCarrier() {}

    static <J> JobCarrier<J> of(List<ContextPropagator<?>> propagators) {
        return propagators.isEmpty() ? new Plain<>() : new Packing<>(propagators);
    }

    /**
     * A job with the calling thread's contexts.
     *
     * @param job may be null, which is for others to say
     * @return a job for the pool
     */
    public abstract J pack(J job);

    /**
     * Packs jobs with the same contexts.
     *
     * @param <J> type of the jobs
     */
    interface Packer<J> {
        J pack(J job);
    }

    /** Packs jobs with the calling thread's contexts, as they are now. */
    abstract Packer<J> packer();

    /** The jobs themselves, of what may be packed; in the same array. */
    @SuppressWarnings("unchecked") // only jobs of type J were packed
    static <J> List<J> unpacking(Object[] jobs) {
        for (int i = 0; i < jobs.length; i++) {
            if (jobs[i] instanceof Packed packed) {
                jobs[i] = packed.job;
            }
        }
        return (List<J>) Arrays.asList(jobs);
    }

    /**
     * Jobs with the calling thread's contexts, as they are now.
     *
     * @param jobs some may be null
     * @return to be iterated once
     */
    public abstract Iterable<? extends J> packAll(Iterable<? extends J> jobs);

    /** What calls a handler with what was packed. */
    abstract <R> Handler<J, R> unpacking(Handler<J, R> handler);

    private static final class Plain<J> extends JobCarrier<J> {
        @Override
        public J pack(J job) {
            return job;
        }

        @Override
        Packer<J> packer() {
            return job -> job;
        }

        @Override
        public Iterable<? extends J> packAll(Iterable<? extends J> jobs) {
            return jobs;
        }

        @Override
        <R> Handler<J, R> unpacking(Handler<J, R> handler) {
            return handler;
        }
    }

    /** A job and what each propagator captured, which the jobs of a batch share. */
    private record Packed(Object job, Object[] contexts) {}

    private static final class Packing<J> extends JobCarrier<J> {
        private static final Logger LOG = LoggerFactory.getLogger(JobCarrier.class);

        /** For jobs that came with nothing. */
        private static final ContextPropagator.Scope[] NONE = {};

        private final ContextPropagator<Object>[] propagators;

        @SuppressWarnings("unchecked") // each is given back what it has captured
        Packing(List<ContextPropagator<?>> propagators) {
            this.propagators = propagators.toArray(ContextPropagator[]::new);
        }

        @Override
        public J pack(J job) {
            return job == null ? null : pack(job, capture());
        }

        @Override
        Packer<J> packer() {
            Object[] contexts = capture();
            return job -> pack(job, contexts);
        }

        @Override
        public Iterable<? extends J> packAll(Iterable<? extends J> jobs) {
            Object[] contexts = capture(); // before the iteration, which is the submitter's code
            return () -> {
                Iterator<? extends J> each = jobs.iterator();
                return new Iterator<J>() {
                    @Override
                    public boolean hasNext() {
                        return each.hasNext();
                    }

                    @Override
                    public J next() {
                        J job = each.next();
                        return job == null ? null : pack(job, contexts);
                    }
                };
            };
        }

        private Object[] capture() {
            Object[] contexts = new Object[propagators.length];
            for (int i = 0; i < contexts.length; i++) {
                contexts[i] = propagators[i].capture();
            }
            return contexts;
        }

        @SuppressWarnings("unchecked") // taken out again before anybody looks
        private J pack(J job, Object[] contexts) {
            return (J) new Packed(job, contexts);
        }

        @SuppressWarnings("unchecked") // only jobs of type J were packed
        private J unpack(J job) {
            return (Object) job instanceof Packed packed ? (J) packed.job : job;
        }

        @Override
        <R> Handler<J, R> unpacking(Handler<J, R> handler) {
            if (handler instanceof Handler.Simple<J, R> simple) {
                return new Handler.Simple<>(job -> {
                    ContextPropagator.Scope[] scopes = attach(job);
                    try {
                        return simple.handler().handle(unpack(job));
                    } finally {
                        close(scopes, scopes.length);
                    }
                });
            } else if (handler instanceof Handler.Contextual<J, R> contextual) {
                return new Handler.Contextual<>((job, context) -> {
                    ContextPropagator.Scope[] scopes = attach(job);
                    try {
                        return contextual.handler().handle(unpack(job), context);
                    } finally {
                        close(scopes, scopes.length);
                    }
                });
            }
            Handler.Async<J, R> async = (Handler.Async<J, R>) handler;
            return new Handler.Async<>((job, context) -> {
                ContextPropagator.Scope[] scopes = attach(job);
                try {
                    return async.handler().handle(unpack(job), context);
                } finally {
                    close(scopes, scopes.length);
                }
            });
        }

        /** All contexts of a job, or none if one fails. */
        private ContextPropagator.Scope[] attach(J job) {
            if (!((Object) job instanceof Packed packed)) {
                return NONE;
            }
            ContextPropagator.Scope[] scopes = new ContextPropagator.Scope[propagators.length];
            int attached = 0;
            try {
                while (attached < scopes.length) {
                    scopes[attached] = propagators[attached].attach(packed.contexts[attached]);
                    if (scopes[attached] == null) {
                        throw new NullPointerException(
                                "the context propagator at index " + attached + " returned a null scope");
                    }
                    attached++;
                }
                return scopes;
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
                    SafeLog.error(LOG, "A context could not be taken away after a job", t);
                }
            }
        }
    }
}
