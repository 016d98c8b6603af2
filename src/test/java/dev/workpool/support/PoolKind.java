package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Every variant of the pool, so that one scenario can run over all of them. */
public enum PoolKind {
    /** Blocking, without a context. */
    SIMPLE,
    /** Blocking, with a context. */
    BLOCKING,
    /** Blocking, one job at a time. */
    UNCHUNKED,
    /** Blocking, on virtual threads. */
    VIRTUAL,
    /** Asynchronous. */
    ASYNC,
    /** Asynchronous, one job at a time. */
    ASYNC_UNCHUNKED;

    private static final ExecutorService EXECUTOR = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "async-test-body");
        thread.setDaemon(true);
        return thread;
    });

    /** Those that this JVM has. */
    public static Stream<PoolKind> all() {
        return Stream.of(values())
                .filter(kind -> kind != VIRTUAL || Runtime.version().feature() >= 21);
    }

    /** Those whose handlers get a context. */
    public static Stream<PoolKind> withContext() {
        return all().filter(kind -> kind != SIMPLE);
    }

    public boolean isAsync() {
        return this == ASYNC || this == ASYNC_UNCHUNKED;
    }

    /** Starts a pool of this kind that runs a blocking body; the body of an asynchronous one runs on a thread elsewhere. */
    public <J, R> WorkerPool<J, R> start(ActorSystem<?> system, WorkerPoolSettings settings, JobHandler<J, R> body) {
        return switch (this) {
            case SIMPLE -> WorkerPool.start(system, settings, (J job) -> body.handle(job, null));
            case BLOCKING -> WorkerPool.start(system, settings, body);
            case UNCHUNKED -> WorkerPool.start(system, settings.withChunkMaxJobs(1), body);
            case VIRTUAL -> WorkerPool.start(system, settings.withVirtualThreads(true), body);
            case ASYNC ->
                WorkerPool.startAsync(system, settings, (J job, JobContext context) -> async(body, job, context));
            case ASYNC_UNCHUNKED ->
                WorkerPool.startAsync(
                        system, settings.withChunkMaxJobs(1), (J job, JobContext context) -> async(body, job, context));
        };
    }

    /** Starts a pool of this kind that runs a body on the thread that calls the handler, also of an asynchronous one. */
    public <J, R> WorkerPool<J, R> startInline(
            ActorSystem<?> system, WorkerPoolSettings settings, JobHandler<J, R> body) {
        WorkerPoolSettings chunked = this == ASYNC_UNCHUNKED ? settings.withChunkMaxJobs(1) : settings;
        return isAsync()
                ? WorkerPool.startAsync(
                        system,
                        chunked,
                        (J job, JobContext context) -> CompletableFuture.completedFuture(body.handle(job, context)))
                : start(system, settings, body);
    }

    /** A stage that cannot be cancelled and ends when the body has, so that a test sees what runs. */
    private static <J, R> CompletionStage<R> async(JobHandler<J, R> body, J job, JobContext context) {
        CompletableFuture<R> stage = new CompletableFuture<>();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        Future<?> task = EXECUTOR.submit(() -> {
            begun.complete(true);
            R value;
            try {
                value = body.handle(job, context);
            } catch (Throwable t) {
                stage.completeExceptionally(t);
                return;
            }
            stage.complete(value);
        });
        context.onCancel(() -> {
            begun.join(); // a task that was cancelled before it began would never complete the stage
            task.cancel(true);
        });
        return stage.minimalCompletionStage();
    }
}
