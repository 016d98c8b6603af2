package dev.workpool.internal.worker;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.ContextPropagator;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Carries the contexts of submitters with their jobs: packs jobs when they are submitted, and unpacks them for the
 * handler. A pool without propagators has one that passes everything on unchanged. Thread-safe.
 *
 * <p>A packed job goes as a {@code J} through the pool, which only ever hands jobs on.
 */
public abstract class JobCarrier<J> {
    private JobCarrier() {}

    public static <J> JobCarrier<J> of(List<ContextPropagator<?>> propagators) {
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
    public interface Packer<J> {
        /**
         * Packs a job.
         *
         * @param job may be null, which is for others to say
         * @return a job for the pool
         */
        J pack(J job);

        /**
         * Packs jobs.
         *
         * @param jobs some may be null
         * @return to be iterated once
         */
        Iterable<? extends J> packAll(Iterable<? extends J> jobs);

        /** {@return the contexts, for what is called for the jobs besides their handler} */
        Contexts contexts();
    }

    /**
     * Captures the calling thread's contexts, as they are now, for a batch or a stream.
     *
     * @param batch what it is; asked only if somebody captures
     * @param result how its jobs ended; likewise
     * @return packs its jobs
     */
    public abstract Packer<J> packer(Supplier<BatchInfo> batch, Supplier<CompletionStage<BatchProgress>> result);

    /** The job itself, of what may be packed. */
    @SuppressWarnings("unchecked") // only jobs of type J were packed
    public static <J> J unpacked(J job) {
        return (Object) job instanceof Packed packed ? (J) packed.job : job;
    }

    /** The jobs themselves, of what may be packed; in the same array. */
    @SuppressWarnings("unchecked") // only jobs of type J were packed
    public static <J> List<J> unpacking(Object[] jobs) {
        for (int i = 0; i < jobs.length; i++) {
            if (jobs[i] instanceof Packed packed) {
                jobs[i] = packed.job;
            }
        }
        return (List<J>) Arrays.asList(jobs);
    }

    /** Wraps a handler so that it takes packed jobs. */
    public abstract <R> Handler<J, R> unpacking(Handler<J, R> handler);

    private static final class Plain<J> extends JobCarrier<J> implements Packer<J> {
        @Override
        public J pack(J job) {
            return job;
        }

        @Override
        public Iterable<? extends J> packAll(Iterable<? extends J> jobs) {
            return jobs;
        }

        @Override
        public Contexts contexts() {
            return Contexts.NONE;
        }

        @Override
        public Packer<J> packer(Supplier<BatchInfo> batch, Supplier<CompletionStage<BatchProgress>> result) {
            return this;
        }

        @Override
        public <R> Handler<J, R> unpacking(Handler<J, R> handler) {
            return handler;
        }
    }

    /** A job and what was captured when it was submitted, which the jobs of a batch share. */
    private record Packed(Object job, Contexts contexts) {}

    private static final class Packing<J> extends JobCarrier<J> {
        private final List<ContextPropagator<?>> propagators;

        Packing(List<ContextPropagator<?>> propagators) {
            this.propagators = List.copyOf(propagators);
        }

        @Override
        public J pack(J job) {
            return job == null ? null : packed(job, Contexts.capture(propagators));
        }

        @Override
        public Packer<J> packer(Supplier<BatchInfo> batch, Supplier<CompletionStage<BatchProgress>> result) {
            return new WithContexts<>(Contexts.capture(propagators, batch.get(), result.get()));
        }

        private record WithContexts<J>(Contexts contexts) implements Packer<J> {
            @Override
            public J pack(J job) {
                return job == null ? null : packed(job, contexts);
            }

            @Override
            public Iterable<? extends J> packAll(Iterable<? extends J> jobs) {
                return () -> {
                    Iterator<? extends J> each = jobs.iterator();
                    return new Iterator<J>() {
                        @Override
                        public boolean hasNext() {
                            return each.hasNext();
                        }

                        @Override
                        public J next() {
                            return pack(each.next());
                        }
                    };
                };
            }
        }

        @SuppressWarnings("unchecked") // taken out again before anybody looks
        private static <J> J packed(J job, Contexts contexts) {
            return (J) new Packed(job, contexts);
        }

        /** Jobs that came without contexts have none. */
        private static Contexts contextsOf(Object job) {
            return job instanceof Packed packed ? packed.contexts : Contexts.NONE;
        }

        @Override
        public <R> Handler<J, R> unpacking(Handler<J, R> handler) {
            if (handler instanceof Handler.Simple<J, R> simple) {
                return new Handler.Simple<>(job -> {
                    ContextPropagator.Scope scope = contextsOf(job).attach();
                    try {
                        return simple.handler().handle(unpacked(job));
                    } finally {
                        scope.close();
                    }
                });
            } else if (handler instanceof Handler.Contextual<J, R> contextual) {
                return new Handler.Contextual<>((job, context) -> {
                    Contexts contexts = contextsOf(job);
                    ContextPropagator.Scope scope = contexts.attach();
                    try {
                        return contextual.handler().handle(unpacked(job), new CarryingJobContext(context, contexts));
                    } finally {
                        scope.close();
                    }
                });
            }
            if (handler instanceof Handler.Timed<J, R> timed) {
                return new Handler.Timed<>((job, overrun) -> {
                    ContextPropagator.Scope scope = contextsOf(job).attach();
                    try {
                        return timed.handler().handle(unpacked(job), overrun);
                    } finally {
                        scope.close();
                    }
                });
            }
            Handler.Async<J, R> async = (Handler.Async<J, R>) handler;
            return new Handler.Async<>((job, context) -> {
                Contexts contexts = contextsOf(job);
                ContextPropagator.Scope scope = contexts.attach();
                try {
                    return async.handler().handle(unpacked(job), new CarryingJobContext(context, contexts));
                } finally {
                    scope.close();
                }
            });
        }
    }
}
