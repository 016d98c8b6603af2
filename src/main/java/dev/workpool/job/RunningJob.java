package dev.workpool.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shows a job that was running when {@link dev.workpool.WorkerPool#runningJobs} was called. Immutable, except for {@link #stack},
 * which looks again. Thread-safe; nothing blocks. It holds on to neither the job nor its thread.
 */
public interface RunningJob {
    /**
     * Says which job it is, for people.
     *
     * @return what the pool's {@linkplain dev.workpool.settings.WorkerPoolSettings#withJobDescriber describer} says of the job; the name of
     *     its class by default. If the describer throws, the name of the class, and what it has thrown.
     */
    String description();

    /**
     * Returns the batch or the stream that the job belongs to, as logs call it.
     *
     * @return such as {@code batch 3 'nightly'} or {@code stream 4}; {@code job 5} for a job that was submitted by
     *     itself with {@link dev.workpool.settings.JobOptions}; empty for any other job that was submitted by itself
     */
    Optional<String> batch();

    /**
     * Returns the number of that batch or stream.
     *
     * @return {@link dev.workpool.Batch#id}; empty for a job that was submitted by itself
     */
    OptionalLong batchId();

    /**
     * Returns where the job is in its batch or stream. Jobs of a stream with keys are counted as they are handed out, which is
     * not the order in which they came, nor what {@link dev.workpool.Processing#cancel(long)} takes.
     *
     * @return 0 or more; empty for a job that was submitted by itself
     */
    OptionalLong index();

    /**
     * Returns the number of this attempt at the job.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * Returns for how long this attempt has run, by the pool's clock. Workers are handed cheap jobs in chunks of some
     * milliseconds of work, and do not time each of them. So if the job has no time-out of its own, this is the time
     * since its chunk was begun: for a job that has run for long, the same but for these milliseconds.
     *
     * @return 0 or more
     */
    Duration age();

    /**
     * Returns how much time the attempt has left: until the end of the job's time-out or, if that is sooner, of the
     * batch's.
     *
     * @return 0 if it is over; empty if there is no time-out
     */
    Optional<Duration> timeLeft();

    /**
     * Returns which of the pool's workers runs the job.
     *
     * @return 0 to workers − 1; −1 if its submitter's thread runs it, see {@link dev.workpool.settings.WhenFull#CALLER_RUNS}. An abandoned
     *     handler has the index of the worker that has taken its place.
     */
    int workerIndex();

    /**
     * Returns the name of the thread that runs the job. For an asynchronous handler that is the thread that calls it.
     *
     * @return empty for an asynchronous handler that has returned its stage, since it has no thread while that is
     *     pending
     */
    Optional<String> thread();

    /**
     * Tells whether the job has been told to stop, since it was cancelled or its time is over.
     *
     * @return true if so; its handler had not returned
     */
    boolean stopped();

    /**
     * Tells whether the handler was abandoned: it did not stop within {@code cancel-grace}, and its job has been
     * settled without it.
     *
     * @return true if so; its handler had not returned
     */
    boolean abandoned();

    /**
     * Returns what the handler has reported last.
     *
     * @return empty if it has not called {@link JobContext#progress} in this attempt
     */
    Optional<JobProgress> progress();

    /**
     * Takes the stack of the job's thread at this moment. Takes some microseconds, or more if the stack is deep.
     *
     * @return the innermost call first; empty if the job does not run any more, or has no thread
     */
    List<StackTraceElement> stack();
}
