package dev.workpool.testkit;

import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A handler that does with certain jobs what a test says, and with the others what a handler of the application does.
 *
 * <pre>{@code
 * Script<Order, Receipt> script = Script.of(shop::ship)
 *     .on(heavy).takes(ofMinutes(5))
 *     .on(late).failsWith(new IOException("no answer")).thenReturns(receipt)
 *     .on(lost).hangs().ignoresInterrupt();
 * WorkerPool<Order, Receipt> pool = kit.start("orders", script);
 * }</pre>
 *
 * <p>The n-th line for a job says what happens when it is run for the n-th time, and the last one holds from then on.
 * Jobs are recognized by {@code equals}. In virtual time a script has to be the pool's handler itself: there a job that
 * takes time or hangs keeps no thread. In real time it blocks its worker's thread. Thread-safe; lines may be added
 * while jobs run.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public final class Script<J, R> implements JobHandler<J, R> {
    private final JobHandler<J, R> otherwise;

    /** Opens when the kit is closed: nobody hangs any more. */
    private final CountDownLatch released = new CountDownLatch(1);

    /** Guarded by this, as all below. */
    private final Map<J, Part<R>> parts = new HashMap<>();

    /** The part that is being written. */
    private Part<R> current;

    /** All lines of a job. */
    private static final class Part<R> {
        final List<Line<R>> lines = new ArrayList<>();
        int calls;

        Line<R> next() {
            Line<R> line = lines.isEmpty() ? new Line<>() : lines.get(Math.min(calls, lines.size() - 1));
            calls++;
            return line;
        }
    }

    /** How a run ends that does not end as the handler does. */
    private enum Ending {
        VALUE,
        ERROR,
        NEVER
    }

    /** What happens when a job is run once. */
    private static final class Line<R> {
        Duration takes = Duration.ZERO;

        /** Null if the handler is called. */
        Ending ending;

        R value;
        Throwable error;
        boolean ignoresInterrupt;

        boolean takesTime() {
            return ending == Ending.NEVER || !takes.isZero();
        }
    }

    private Script(JobHandler<J, R> otherwise) {
        this.otherwise = Objects.requireNonNull(otherwise, "handler");
    }

    /**
     * A script without a line.
     *
     * @param handler runs the jobs that the script says nothing of; called as it would be by a pool
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return does what the handler does
     */
    public static <J, R> Script<J, R> of(JobHandler<J, R> handler) {
        return new Script<>(handler);
    }

    /**
     * A script without a line.
     *
     * @param handler runs the jobs that the script says nothing of
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return does what the handler does
     */
    public static <J, R> Script<J, R> of(JobHandler.Simple<J, R> handler) {
        return new Script<>(handler);
    }

    /**
     * Begins the lines of a job, in place of those that there were.
     *
     * @param job recognized by {@code equals}
     * @return this
     */
    public synchronized Script<J, R> on(J job) {
        current = new Part<>();
        parts.put(Objects.requireNonNull(job, "job"), current);
        return this;
    }

    /**
     * The job takes so long before it ends as the rest of the line says, or as the handler does.
     *
     * @param duration 0 or more
     * @return this
     */
    public synchronized Script<J, R> takes(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration = " + duration + "; allowed: 0 or more");
        }
        open("takes").takes = duration;
        return this;
    }

    /**
     * The job ends with a result.
     *
     * @param result may be null
     * @return this
     */
    public synchronized Script<J, R> returns(R result) {
        Line<R> line = open("returns");
        line.ending = Ending.VALUE;
        line.value = result;
        return this;
    }

    /**
     * The job fails.
     *
     * @param error an {@link Exception} or an {@link Error}; an {@link AssertionError} ends the test
     * @return this
     */
    public synchronized Script<J, R> failsWith(Throwable error) {
        if (!(error instanceof Exception || error instanceof Error)) {
            throw new IllegalArgumentException("error = " + error + "; allowed: an Exception or an Error");
        }
        Line<R> line = open("failsWith");
        line.ending = Ending.ERROR;
        line.error = error;
        return this;
    }

    /**
     * The job never ends by itself: it waits for its time-out, for its cancellation, or to be abandoned.
     *
     * @return this
     */
    public synchronized Script<J, R> hangs() {
        open("hangs").ending = Ending.NEVER;
        return this;
    }

    /**
     * The job goes on when it is cancelled or timed out, so that it is abandoned after {@code cancel-grace}.
     *
     * @return this
     */
    public synchronized Script<J, R> ignoresInterrupt() {
        last("ignoresInterrupt").ignoresInterrupt = true;
        return this;
    }

    /**
     * The next time, the job takes so long.
     *
     * @param duration 0 or more
     * @return this
     */
    public synchronized Script<J, R> thenTakes(Duration duration) {
        begin("thenTakes");
        return takes(duration);
    }

    /**
     * The next time, the job ends with a result.
     *
     * @param result may be null
     * @return this
     */
    public synchronized Script<J, R> thenReturns(R result) {
        begin("thenReturns");
        return returns(result);
    }

    /**
     * The next time, the job fails.
     *
     * @param error an {@link Exception} or an {@link Error}; an {@link AssertionError} ends the test
     * @return this
     */
    public synchronized Script<J, R> thenFailsWith(Throwable error) {
        begin("thenFailsWith");
        return failsWith(error);
    }

    /**
     * The next time, the job never ends by itself.
     *
     * @return this
     */
    public synchronized Script<J, R> thenHangs() {
        begin("thenHangs");
        return hangs();
    }

    /** The line that is being written. */
    private Line<R> open(String method) {
        List<Line<R>> lines = part(method).lines;
        if (lines.isEmpty()) {
            lines.add(new Line<>());
        }
        Line<R> line = lines.get(lines.size() - 1);
        if (line.ending != null) {
            throw new IllegalStateException(
                    method + " after a line that says how the job ends; the next time begins with then…");
        }
        return line;
    }

    private Line<R> last(String method) {
        List<Line<R>> lines = part(method).lines;
        if (lines.isEmpty()) {
            throw new IllegalStateException(method + " before the line that it belongs to");
        }
        return lines.get(lines.size() - 1);
    }

    private void begin(String method) {
        last(method);
        current.lines.add(new Line<>());
    }

    private Part<R> part(String method) {
        if (current == null) {
            throw new IllegalStateException(method + " without a job; on(job) comes first");
        }
        return current;
    }

    private synchronized Line<R> next(J job) {
        Part<R> part = parts.get(job);
        return part == null ? new Line<>() : part.next();
    }

    /** Runs a job in virtual time. */
    CompletionStage<R> start(J job, JobContext context, VirtualTime time) throws Exception {
        Line<R> line = next(job);
        if (!line.takesTime()) {
            return CompletableFuture.completedFuture(end(line, job, context));
        }
        CompletableFuture<R> stage = new CompletableFuture<>();
        if (line.ending != Ending.NEVER) {
            VirtualTime.CancelTimer timer = time.set(line.takes.toNanos(), () -> {
                try {
                    stage.complete(end(line, job, context));
                } catch (Throwable t) {
                    stage.completeExceptionally(t);
                }
            });
            stage.whenComplete((value, error) -> timer.cancel());
        }
        return line.ignoresInterrupt ? stage.minimalCompletionStage() : stage;
    }

    private R end(Line<R> line, J job, JobContext context) throws Exception {
        if (line.ending == Ending.VALUE) {
            return line.value;
        } else if (line.ending == Ending.ERROR) {
            if (line.error instanceof Error error) {
                throw error;
            }
            throw (Exception) line.error;
        }
        if (line.ending == Ending.NEVER) {
            throw new CancellationException("the test kit was closed while job " + job + " hung");
        }
        return otherwise.handle(job, context);
    }

    /**
     * Runs a job in real time, on the thread that calls it.
     *
     * @throws IllegalStateException if a job would take time on a thread whose time is virtual
     */
    @Override
    public R handle(J job, JobContext context) throws Exception {
        Line<R> line = next(job);
        if (line.takesTime()) {
            if (VirtualHandlers.areCalling()) {
                throw new IllegalStateException(
                        "job " + job
                                + " takes time in a script that is called by another handler, which virtual time cannot wait for; make the script the pool's handler");
            }
            await(line);
        }
        return end(line, job, context);
    }

    private void await(Line<R> line) throws InterruptedException {
        long begunNs = System.nanoTime();
        boolean interrupted = false;
        while (true) {
            try {
                long leftNs = line.ending == Ending.NEVER
                        ? Long.MAX_VALUE
                        : line.takes.toNanos() - (System.nanoTime() - begunNs);
                released.await(leftNs, TimeUnit.NANOSECONDS);
                break;
            } catch (InterruptedException e) {
                if (!line.ignoresInterrupt) {
                    throw e;
                }
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody hangs any more. */
    void release() {
        released.countDown();
    }
}
