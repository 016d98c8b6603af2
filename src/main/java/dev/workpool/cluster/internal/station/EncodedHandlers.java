package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.wire.EncodedFailure;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.ErrorBytes;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Makes handlers of bytes from those of users: a job is decoded, and its result encoded, by the worker that runs it, so
 * no actor's thread calls a codec.
 */
public final class EncodedHandlers<J, R> {
    private final String pool;
    private final JobCodec<J> jobs;
    private final JobCodec<R> results;
    private final int maxResultBytes;
    private final Intake intake;

    /**
     * Makes handlers of bytes.
     *
     * @param pool whose jobs they run
     * @param jobs decodes jobs
     * @param results encodes results
     * @param maxResultBytes how large a result may be, by the settings
     * @param intake how large it may be for the heap
     */
    public EncodedHandlers(String pool, JobCodec<J> jobs, JobCodec<R> results, int maxResultBytes, Intake intake) {
        this.intake = intake;
        this.pool = pool;
        this.jobs = jobs;
        this.results = results;
        this.maxResultBytes = maxResultBytes;
    }

    public JobHandler.Simple<EncodedJob, byte[]> simple(JobHandler.Simple<J, R> handler) {
        return job -> {
            try {
                return encode(job, handler.handle(decode(job)));
            } catch (Throwable t) {
                throw failure(t);
            }
        };
    }

    public JobHandler<EncodedJob, byte[]> contextual(JobHandler<J, R> handler) {
        return (job, context) -> {
            try {
                return encode(job, handler.handle(decode(job), context));
            } catch (Throwable t) {
                throw failure(t);
            }
        };
    }

    public AsyncJobHandler<EncodedJob, byte[]> async(AsyncJobHandler<J, R> handler) {
        return (job, context) -> {
            try {
                CompletionStage<R> stage = handler.handle(decode(job), context);
                if (stage == null) {
                    throw new NullPointerException("the handler returned null instead of a stage");
                }
                return encoded(job, stage);
            } catch (Throwable t) {
                throw failure(t);
            }
        };
    }

    /** Its result encoded. If the handler's stage can be cancelled, so can this. */
    private CompletionStage<byte[]> encoded(EncodedJob job, CompletionStage<R> stage) {
        CompletionStage<byte[]> encoded = stage.handle((result, error) -> {
            try {
                if (error != null) {
                    throw error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                }
                return encode(job, result);
            } catch (Throwable t) {
                throw new CompletionException(failure(t));
            }
        });
        return stage instanceof CompletableFuture<R> future ? new Cancellable(future, encoded) : encoded;
    }

    /** Whoever cancels it cancels the handler's own. */
    private static final class Cancellable extends CompletableFuture<byte[]> {
        private final CompletableFuture<?> handlers;

        private Cancellable(CompletableFuture<?> handlers, CompletionStage<byte[]> encoded) {
            this.handlers = handlers;
            encoded.whenComplete((bytes, error) -> {
                if (error == null) {
                    complete(bytes);
                } else {
                    completeExceptionally(error instanceof CompletionException ? error.getCause() : error);
                }
            });
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return handlers.cancel(mayInterruptIfRunning);
        }
    }

    private J decode(EncodedJob job) throws Exception {
        if (!job.origin().mayBegin()) {
            throw new IllegalStateException("the lease of the node is over: the job runs elsewhere");
        }
        return jobs.decode(job.origin().version(), job.bytes());
    }

    private byte[] encode(EncodedJob job, R result) throws Exception {
        if (result == null) {
            return null; // told apart from any result, without the codec
        }
        byte[] bytes = results.encode(result);
        if (bytes == null) {
            throw new IllegalArgumentException("a result was encoded as null by " + results);
        }
        String key = "workpool.cluster.pools." + pool + ".max-result-bytes";
        checkSize(bytes, maxResultBytes, key + " of the node that works");
        checkSize(
                bytes,
                intake.largest(maxResultBytes),
                "the heap of the node that works, beside " + key + " = " + maxResultBytes);
        checkSize(bytes, job.origin().maxResultBytes(), key + " and the heap of the node that submits");
        return bytes;
    }

    private static void checkSize(byte[] result, int most, String by) {
        if (result.length > most) {
            throw new IllegalArgumentException(
                    "a result has " + result.length + " bytes; allowed by " + by + ": up to " + most);
        }
    }

    /** The error itself is its cause, so that the pool still sees what is a time-out. */
    private static EncodedFailure failure(Throwable error) {
        return new EncodedFailure(error, ErrorBytes.write(error));
    }
}
