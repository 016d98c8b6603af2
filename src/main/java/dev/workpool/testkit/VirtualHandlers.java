package dev.workpool.testkit;

import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Calls the handlers of pools in virtual time: at once, after a delay, or when the test says so. For one thread at a time. */
final class VirtualHandlers {
    private static final ThreadLocal<Boolean> CALLING = ThreadLocal.withInitial(() -> false);

    private final Simulator simulator;
    private final Recorder recorder;

    /** Jobs that workers have, and that the test has not run yet. */
    private final Queue<Held> held = new ArrayDeque<>();

    private boolean holds;
    private long longestDelayNs;
    private RandomGenerator random;

    private record Held(LaterStage<?> stage, Runnable begin) {}

    /** Calls a handler. */
    private interface Starting<R> {
        CompletionStage<R> start() throws Exception;
    }

    VirtualHandlers(Simulator simulator, Recorder recorder) {
        this.simulator = simulator;
        this.recorder = recorder;
    }

    /**
     * Before the first pool is started.
     *
     * @param holdsJobs whether the test says which job runs when
     * @param longestDelay a handler is called so much later than it might be, at most
     */
    void configure(boolean holdsJobs, Duration longestDelay) {
        holds = holdsJobs;
        longestDelayNs = longestDelay.toNanos();
        random = simulator.random();
    }

    /** Whether the calling thread is in a handler that is called in virtual time. */
    static boolean areCalling() {
        return CALLING.get();
    }

    <J, R> AsyncJobHandler<J, R> asynchronous(String pool, AsyncJobHandler<J, R> handler) {
        return (job, context) -> begin(pool, job, context, () -> handler.handle(job, context));
    }

    <J, R> AsyncJobHandler<J, R> blocking(String pool, JobHandler<J, R> handler) {
        if (handler instanceof Script<J, R> script) {
            return (job, context) -> begin(pool, job, context, () -> script.start(job, context, simulator.time()));
        }
        return (job, context) ->
                begin(pool, job, context, () -> CompletableFuture.completedFuture(handler.handle(job, context)));
    }

    private <R> CompletionStage<R> begin(String pool, Object job, JobContext context, Starting<R> starting)
            throws Exception {
        if (!holds && longestDelayNs == 0) {
            return start(pool, job, context, starting);
        }
        LaterStage<R> later = new LaterStage<>();
        Runnable begin = () -> later.begin(() -> start(pool, job, context, starting));
        if (holds) {
            held.add(new Held(later, begin));
        } else {
            simulator.time().set(random.nextLong(longestDelayNs + 1), begin);
        }
        return later;
    }

    private <R> CompletionStage<R> start(String pool, Object job, JobContext context, Starting<R> starting)
            throws Exception {
        if (simulator.isOver()) {
            return new CompletableFuture<>(); // which is cancelled with the pool
        }
        Recorder.Call call = recorder.begun(pool, job, context);
        boolean before = CALLING.get();
        CALLING.set(true);
        CompletionStage<R> stage;
        try {
            stage = starting.start();
        } catch (Exception | Error e) {
            recorder.ended(call, e);
            throw e;
        } finally {
            CALLING.set(before);
        }
        if (stage != null) { // else the job fails, which others see to
            stage.whenComplete((value, error) -> recorder.ended(call, unwrap(error)));
        }
        return stage;
    }

    static Throwable unwrap(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** How many jobs wait for the test. */
    int held() {
        held.removeIf(job -> job.stage.isDone()); // which were cancelled meanwhile
        return held.size();
    }

    /** Runs the job that has waited for longest; false if none waits. */
    boolean runNext() {
        if (held() == 0) {
            return false;
        }
        held.remove().begin.run();
        return true;
    }
}
