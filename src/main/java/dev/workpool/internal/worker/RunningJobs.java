package dev.workpool.internal.worker;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.TimeLimits;
import dev.workpool.job.JobProgress;
import dev.workpool.job.RunningJob;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at what the runners of a pool are at, without a message to anybody. A job may end while it is looked at.
 * Thread-safe.
 */
public final class RunningJobs<J, R> {
    private final Runner.Factory<J, R> runners;
    private final LongSupplier clock;
    private final JobDescriber describer;

    /**
     * Those of one pool.
     *
     * @param runners the pool's
     * @param clock the pool's
     * @param describer called for each job that is shown
     */
    public RunningJobs(Runner.Factory<J, R> runners, LongSupplier clock, JobDescriber describer) {
        this.runners = runners;
        this.clock = clock;
        this.describer = describer;
    }

    /** A job that was seen to run. */
    private record Seen<J, R>(Runner<J, R> runner, Runner.At<J, R> at, int position, J job, long begunNs) {
        Chunk<J, R> chunk() {
            return at.task().chunk;
        }

        /** Null if it has reported nothing. */
        JobProgress progress() {
            AttemptContext<J, R> context = at.context();
            return context != null && context.is(chunk(), position) ? context.progress() : null;
        }
    }

    /**
     * The jobs that have run for longest. Calls users' code, for each of them.
     *
     * @param limit how many at most
     * @return the oldest first
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public List<RunningJob> oldest(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit = " + limit + "; allowed: 1 or more");
        }
        List<Seen<J, R>> seen = seen();
        long nowNs = clock.getAsLong();
        return seen.stream()
                .sorted(Comparator.comparingLong(each -> each.begunNs - nowNs))
                .limit(limit)
                .map(each -> shown(each, nowNs))
                .toList();
    }

    private List<Seen<J, R>> seen() {
        List<Seen<J, R>> seen = new ArrayList<>();
        for (Runner<J, R> runner : runners.runners()) {
            Runner.At<J, R> at = runner.at();
            int position = at == null ? -1 : at.task().chunk.running();
            J job = position < 0 ? null : at.task().chunk.job(position);
            if (job != null) { // a stream lets go of a job once it has ended
                seen.add(new Seen<>(runner, at, position, job, at.task().jobBegunNs()));
            }
        }
        return seen;
    }

    /**
     * The sum of the fractions that running jobs of a batch have reported. Those that were told to stop do not count:
     * they may have their outcome.
     */
    public double partlyDone(Label batch) {
        double sum = 0;
        for (Seen<J, R> each : seen()) {
            if (batch.equals(each.chunk().label()) && !each.chunk().isStopped(each.position)) {
                JobProgress progress = each.progress();
                sum += progress == null ? 0 : progress.fraction();
            }
        }
        return sum;
    }

    /**
     * A call of an asynchronous handler that has not returned.
     *
     * @param attempt the same object each time that it is seen, and of no other call
     * @param job says which one it is, and calls users' code for that
     * @param thread the one that it holds
     */
    record Call(Object attempt, Supplier<String> job, Thread thread) {}

    /** The calls of asynchronous handlers, as they are at this moment; none of blocking ones, which may block. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (Seen<J, R> each : seen()) {
            Thread caller = each.runner.hasThread() ? null : each.at.thread();
            if (caller != null && each.at.context() != null) {
                calls.add(new Call(
                        each.at.context(), () -> shown(each, clock.getAsLong()).toString(), caller));
            }
        }
        return calls;
    }

    private RunningJob shown(Seen<J, R> seen, long nowNs) {
        Chunk<J, R> chunk = seen.chunk();
        Thread thread = seen.at.thread();
        Label label = chunk.label();
        boolean hasIndex = label != null && !label.isOfOneJob();
        TimeLimits limits = chunk.limits();
        return new Shown(
                describer.job(seen.job),
                Optional.ofNullable(label).map(Label::toString),
                hasIndex ? OptionalLong.of(label.id()) : OptionalLong.empty(),
                hasIndex ? OptionalLong.of(chunk.index(seen.position)) : OptionalLong.empty(),
                chunk.attempt(),
                nonNegative(nowNs - seen.begunNs),
                limits == null ? Optional.empty() : Optional.of(nonNegative(limits.leftNs(seen.begunNs))),
                seen.at.workerIndex(),
                Optional.ofNullable(thread).map(Thread::getName),
                chunk.isStopped(seen.position),
                seen.at.task().isAbandoned(),
                Optional.ofNullable(seen.progress()),
                new Place(new WeakReference<>(seen.runner), new WeakReference<>(chunk), seen.position));
    }

    private static Duration nonNegative(long ns) {
        return Duration.ofNanos(Math.max(0, ns));
    }

    /**
     * Where a job was seen, so that one can look again. Keeps none of it alive.
     *
     * @param runner runs it
     * @param chunk what it is in
     * @param position the job
     */
    private record Place(WeakReference<Runner<?, ?>> runner, WeakReference<Chunk<?, ?>> chunk, int position) {
        /** The job's thread; null if it has none, or does not run any more. */
        Thread thread() {
            Runner<?, ?> looked = runner.get();
            Runner.At<?, ?> at = looked == null ? null : looked.at();
            return at != null
                            && at.task().chunk == chunk.get()
                            && at.task().chunk.running() == position
                    ? at.thread()
                    : null;
        }
    }

    /** What was seen, in plain values, and where. */
    private record Shown(
            String description,
            Optional<String> batch,
            OptionalLong batchId,
            OptionalLong index,
            int attempt,
            Duration age,
            Optional<Duration> timeLeft,
            int workerIndex,
            Optional<String> thread,
            boolean stopped,
            boolean abandoned,
            Optional<JobProgress> progress,
            Place place)
            implements RunningJob {

        @Override
        public List<StackTraceElement> stack() {
            Thread before = place.thread();
            List<StackTraceElement> stack = before == null ? List.of() : List.of(before.getStackTrace());
            return place.thread() == before ? stack : List.of(); // else it may be another job's
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(description);
            index.ifPresent(it -> text.append(", index ").append(it));
            batch.ifPresent(it -> text.append(index.isPresent() ? " of " : ", ").append(it));
            text.append(", attempt ").append(attempt).append(", for ").append(JobDescriber.words(age));
            text.append(", worker ").append(workerIndex);
            thread.ifPresent(it -> text.append(", thread ").append(it));
            progress.ifPresent(it -> text.append(", ")
                    .append(it.done())
                    .append(it.total() == 0 ? "" : " of " + it.total())
                    .append(" done")
                    .append(it.note().isEmpty() ? "" : " (" + it.note() + ")"));
            text.append(abandoned ? ", abandoned" : stopped ? ", told to stop" : "");
            return text.toString();
        }
    }
}
