package dev.workpool.settings;

import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Says how a batch is run. Immutable; each {@code withX} returns a changed copy.
 *
 * <p>Defaults: no name, priority 0, weight 1, one permit a job, no delay, no hedge, no start check, never halted, no
 * time-out, time-outs told at once. Time-outs of jobs and retries are those of the pool's settings. All single jobs together are
 * one batch with the default priority and weight.
 */
public final class BatchOptions {
    private static final BatchOptions DEFAULTS =
            new BatchOptions("", 0, 1, null, null, null, HaltPolicy.never(), false, 1, Starts.AT_ONCE, List.of());

    private static final int LOWEST_PRIORITY = -10;
    private static final int HIGHEST_PRIORITY = 10;
    private static final int MOST_WEIGHT = 1000;
    private static final int MOST_PERMITS = 100_000;

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

    private final String name;
    private final int priority;
    private final int weight;
    private final Duration jobTimeout;
    private final Duration timeout;
    private final RetryPolicy retry;
    private final HaltPolicy halt;
    private final boolean atRest;
    private final int permits;
    private final Starts starts;
    private final List<PoolObserver> observers;

    /**
     * Says when jobs may begin: after a delay, and then all of them or, with a hedge, each a while after the one before
     * it; and each only if a check, if there is one, says so.
     */
    private record Starts(Duration delay, Duration hedge, IntPredicate check) {
        private static final Starts AT_ONCE = new Starts(Duration.ZERO, null, null);
    }

    private BatchOptions(
            String name,
            int priority,
            int weight,
            Duration jobTimeout,
            Duration timeout,
            RetryPolicy retry,
            HaltPolicy halt,
            boolean atRest,
            int permits,
            Starts starts,
            List<PoolObserver> observers) {
        this.name = name;
        this.priority = priority;
        this.weight = weight;
        this.jobTimeout = jobTimeout;
        this.timeout = timeout;
        this.retry = retry;
        this.halt = halt;
        this.atRest = atRest;
        this.permits = permits;
        this.starts = starts;
        this.observers = observers;
    }

    /**
     * The defaults.
     *
     * @return options with no name, priority 0 and weight 1
     */
    public static BatchOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults, and a name.
     *
     * @param name see {@link #withName}
     * @return the same as {@code defaults().withName(name)}
     * @throws IllegalArgumentException if the name is empty
     */
    public static BatchOptions named(String name) {
        return DEFAULTS.withName(name);
    }

    /**
     * Names the batch, for logs and for {@link dev.workpool.protocol.PoolCommand.CancelBatch}. Names need not be unique.
     *
     * @param name a name of the caller's; not empty
     * @return changed options
     * @throws IllegalArgumentException if the name is empty
     */
    public BatchOptions withName(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("name of a batch is empty; allowed: any other string");
        }
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Sets the priority. Jobs of the batch are handed to workers before those of every batch of a lower priority,
     * whenever they came. Jobs that workers have already been handed stay with them.
     *
     * <p>A waiting priority ages, so it never starves: while none of its jobs are handed out, it counts one higher for
     * each {@code priority-ageing}, a second by default.
     *
     * @param priority -10 to 10, the highest first
     * @return changed options
     * @throws IllegalArgumentException if the priority is not in this range
     */
    public BatchOptions withPriority(int priority) {
        checkPriority("priority of a batch", priority);
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Sets the batch's share among the batches of the same priority. While two of them have jobs queued, three jobs of
     * a batch of weight 3 are handed to workers for each job of one of weight 1. A batch that comes later shares from
     * then on.
     *
     * @param weight 1 to 1000
     * @return changed options
     * @throws IllegalArgumentException if the weight is not in this range
     */
    public BatchOptions withWeight(int weight) {
        checkRange("weight of a batch", weight, 1, MOST_WEIGHT);
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Limits how long each attempt at a job may take, whatever the pool's settings say. At its end the job is {@link
     * Outcome.TimedOut}, or tried again if {@link #withRetry} says so, and its handler is told to stop as if it was
     * cancelled. Timers tick at 10 ms.
     *
     * @param timeout 1 ms to 365 days
     * @return changed options
     * @throws IllegalArgumentException if the time-out is not in this range
     */
    public BatchOptions withJobTimeout(Duration timeout) {
        checkTimeout("job time-out of a batch", timeout);
        return new BatchOptions(
                name, priority, weight, timeout, this.timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Limits how long the batch may take, from when the pool has it. At its end every job that has no outcome is {@link
     * Outcome.TimedOut}, running ones are told to stop, and the result is complete.
     *
     * @param timeout 1 ms to 365 days
     * @return changed options
     * @throws IllegalArgumentException if the time-out is not in this range
     */
    public BatchOptions withTimeout(Duration timeout) {
        checkTimeout("time-out of a batch", timeout);
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Retries failed jobs, whatever the pool's settings say.
     *
     * @param policy which, how often and when; {@link RetryPolicy#never} for none
     * @return changed options
     */
    public BatchOptions withRetry(RetryPolicy policy) {
        Objects.requireNonNull(policy, "retry policy of a batch");
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, policy, halt, atRest, permits, starts, observers);
    }

    /**
     * Ends the batch early, once a number or share of its jobs have failed, succeeded or ended. The policy is checked
     * as outcomes come in. For cheap jobs that is chunk by chunk, so some more jobs may have run by then.
     *
     * @param policy when, and whether running jobs are cancelled; {@code HaltPolicy.now().succeeded(1)} takes the first
     *     success
     * @return changed options
     * @throws IllegalArgumentException if it has no condition, and is not {@code never()}
     */
    public BatchOptions withHalt(HaltPolicy policy) {
        Objects.requireNonNull(policy, "halt policy of a batch");
        policy.checkCondition();
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, policy, atRest, permits, starts, observers);
    }

    /**
     * Sets whether a job that has timed out gets its outcome only when its handler has returned or has been abandoned
     * after {@code cancel-grace}, as a cancelled job does in any case, rather than at once. For handlers that leave
     * something behind, such as a process or a lock, which must be gone when the outcome is told.
     *
     * @param atRest false by default; always true for jobs that are tried again or have a key
     * @return changed options
     */
    public BatchOptions withTimeoutsAtRest(boolean atRest) {
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Sets how many of the N workers' permits each job takes, for jobs that need more of the machine or of a downstream
     * service than others. Beside a job that takes k permits, at most N − k jobs that take one each run. A job that
     * takes more permits than there are workers takes all of them.
     *
     * <p>A job that takes several permits begins when as many workers are idle. Once it is its turn, no other job
     * begins meanwhile, whatever its priority, so workers may be idle until the running jobs end. Such jobs are handed
     * out one at a time. Jobs that their submitter runs, see {@link WhenFull#CALLER_RUNS}, take no permit.
     *
     * @param permits 1 to 100000, 1 by default
     * @return changed options
     * @throws IllegalArgumentException if the number is not in this range
     */
    public BatchOptions withPermits(int permits) {
        checkPermits("permits of a job of a batch", permits);
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    /**
     * Delays the jobs: none begins before this time has passed since the pool has the batch. Until then the jobs wait
     * in the queue, take places in it, and can be cancelled. {@link #withTimeout} counts from the beginning. Jobs that
     * their submitter runs, see {@link WhenFull#CALLER_RUNS}, begin at once. If such a job is tried again, it waits for
     * the backoff of its retries only, not for the rest of the delay. Timers tick at 10 ms.
     *
     * @param delay 0, the default, to 365 days
     * @return changed options
     * @throws IllegalArgumentException if the delay is not in this range
     */
    public BatchOptions withDelay(Duration delay) {
        checkDelay("delay of a batch", delay);
        return new BatchOptions(
                name,
                priority,
                weight,
                jobTimeout,
                timeout,
                retry,
                halt,
                atRest,
                permits,
                new Starts(delay, starts.hedge, starts.check),
                observers);
    }

    /**
     * Starts the jobs one by one, in input order, as competitors. Each begins this long after the previous one has
     * begun, or as soon as one that has begun ends without a success (after its last attempt, if it is tried again).
     * Use it for work that several services can do, when the next should be asked only if the first does not answer
     * soon:
     *
     * <pre>{@code
     * pool.submitAll(mirrors, BatchOptions.defaults().withHedge(Duration.ofMillis(200))).firstSuccess()
     * }</pre>
     *
     * <p>A hedge ends nothing: {@code firstSuccess()} or {@link #withHalt} cancels the others. A job counts as begun
     * when it is handed to the pool's workers. In a busy pool it may wait there for some milliseconds, or until a job before it
     * ends, and for its permits if it takes several; then the next one may begin sooner after it. Jobs that have not begun
     * take places in the queue. Timers tick at 10 ms.
     *
     * @param delay 1 ms to 365 days; without a hedge, the default, all may begin at once
     * @return changed options
     * @throws IllegalArgumentException if the delay is not in this range
     */
    public BatchOptions withHedge(Duration delay) {
        checkTimeout("hedge of a batch", delay);
        return new BatchOptions(
                name,
                priority,
                weight,
                jobTimeout,
                timeout,
                retry,
                halt,
                atRest,
                permits,
                new Starts(starts.delay, delay, starts.check),
                observers);
    }

    /**
     * Asks, right before each attempt at a job, whether it may begin: on the thread that calls the handler, as the last
     * thing before that. A job that may not ends as {@link Outcome.Cancelled}, with the attempts that were made before.
     * Jobs of a pool over a cluster are not asked about.
     *
     * @param check given the number of the attempt, from 1 on, says whether it may begin. Thread-safe; must neither block
     *     nor throw: a job whose check throws does not begin. What it costs, each job costs
     * @return changed options
     */
    public BatchOptions withStartCheck(IntPredicate check) {
        return new BatchOptions(
                name,
                priority,
                weight,
                jobTimeout,
                timeout,
                retry,
                halt,
                atRest,
                permits,
                new Starts(starts.delay, starts.hedge, Objects.requireNonNull(check, "check")),
                observers);
    }

    static void checkDelay(String what, Duration delay) {
        Objects.requireNonNull(delay, what);
        if (delay.isNegative() || delay.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(what + " = " + delay + "; allowed: 0 to 365 days");
        }
    }

    static void checkTimeout(String what, Duration timeout) {
        Objects.requireNonNull(timeout, what);
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(what + " = " + timeout + "; allowed: 1 ms to 365 days");
        }
    }

    static void checkPriority(String what, int priority) {
        checkRange(what, priority, LOWEST_PRIORITY, HIGHEST_PRIORITY);
    }

    static void checkPermits(String what, int permits) {
        checkRange(what, permits, 1, MOST_PERMITS);
    }

    private static void checkRange(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " = " + value + "; allowed: " + min + " to " + max);
        }
    }

    /**
     * The batch's name.
     *
     * @return what {@link #withName} was given, or an empty string
     */
    public String name() {
        return name;
    }

    /**
     * Returns the batch's priority.
     *
     * @return -10 to 10, the highest first; 0 by default
     */
    public int priority() {
        return priority;
    }

    /**
     * The batch's share among those of the same priority.
     *
     * @return 1 to 1000; 1 by default
     */
    public int weight() {
        return weight;
    }

    /**
     * Adds an observer, which is told what happens to the batch, in addition to those of the pool's settings; see there
     * for how it is called.
     *
     * @param observer told after those that were added before it
     * @return changed options
     */
    public BatchOptions withObserver(PoolObserver observer) {
        Objects.requireNonNull(observer, "observer");
        List<PoolObserver> all = new ArrayList<>(observers);
        all.add(observer);
        return new BatchOptions(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, List.copyOf(all));
    }

    /** {@return how long each attempt at a job may take; empty for what the pool's settings say} */
    public Optional<Duration> jobTimeout() {
        return Optional.ofNullable(jobTimeout);
    }

    /** {@return how long the batch may take; empty, by default, for any time} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** {@return which failed jobs are tried again; empty for what the pool's settings say} */
    public Optional<RetryPolicy> retry() {
        return Optional.ofNullable(retry);
    }

    /** {@return when the batch ends early: never by default} */
    public HaltPolicy halt() {
        return halt;
    }

    /** {@return whether a job that has timed out has its outcome when its handler has ended, not before} */
    public boolean timeoutsAtRest() {
        return atRest;
    }

    /** {@return how many of the workers' permits each job takes: 1 by default} */
    public int permits() {
        return permits;
    }

    /** {@return for how long no job begins: 0 by default} */
    public Duration delay() {
        return starts.delay;
    }

    /** {@return how long after a job the next one begins, at the latest; empty, by default, for no such order} */
    public Optional<Duration> hedge() {
        return Optional.ofNullable(starts.hedge);
    }

    /** {@return what is asked whether a job may begin; empty, by default, if all may} */
    public Optional<IntPredicate> startCheck() {
        return Optional.ofNullable(starts.check);
    }

    /** {@return what is told what happens to the batch, besides the pool's observers: nobody by default} */
    public List<PoolObserver> observers() {
        return observers;
    }

    private List<Object> all() {
        return Arrays.asList(
                name, priority, weight, jobTimeout, timeout, retry, halt, atRest, permits, starts, observers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchOptions options && options.all().equals(all());
    }

    @Override
    public int hashCode() {
        return all().hashCode();
    }

    /** Lists the options that differ from the defaults. */
    @Override
    public String toString() {
        return "BatchOptions(" + text(name.isEmpty() ? "" : "name '" + name + "'") + ")";
    }

    String text(String first) {
        List<String> parts = new ArrayList<>();
        parts.add(first);
        parts.add(priority == 0 ? "" : "priority " + priority);
        parts.add(weight == 1 ? "" : "weight " + weight);
        parts.add(permits == 1 ? "" : permits + " permits");
        parts.add(jobTimeout == null ? "" : "job time-out " + jobTimeout);
        parts.add(timeout == null ? "" : "time-out " + timeout);
        parts.add(starts.delay.isZero() ? "" : "delay " + starts.delay);
        parts.add(starts.hedge == null ? "" : "hedge " + starts.hedge);
        parts.add(starts.check == null ? "" : "a start check");
        parts.add(retry == null ? "" : retry.toString());
        parts.add(halt.equals(HaltPolicy.never()) ? "" : halt.toString());
        parts.add(atRest ? "time-outs at rest" : "");
        parts.add(observers.isEmpty() ? "" : observers.size() + (observers.size() == 1 ? " observer" : " observers"));
        parts.removeIf(String::isEmpty);
        return parts.isEmpty() ? "defaults" : String.join(", ", parts);
    }
}
