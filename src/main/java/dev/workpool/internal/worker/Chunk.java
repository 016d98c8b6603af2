package dev.workpool.internal.worker;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.collector.Verdict;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.TimeLimits;
import dev.workpool.internal.util.OutOfMemory;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of neighbouring jobs that one worker claims one by one, and that its router can take back at any moment.
 *
 * <p>Who runs what is decided by one atomic word, {@code [signal:2 | end:30 | next:32]}. The worker claims by adding
 * one to {@code next}: what {@code next} was is its job if that is below {@code end}. The router recalls by lowering
 * {@code end}. A job runs from its claim to the claim after it, the last, failing one included. So a job is claimed, or
 * recalled, never both.
 *
 * <p>The router stops the job that runs by setting the signal, once nothing follows it: a job that is stopped is the
 * last of its chunk. That alone decides its outcome. Whether its thread is interrupted as well is the business of
 * whoever delivers the interrupt, and the signal says how far that is:
 *
 * <ul>
 *   <li>none: no job was stopped;
 *   <li>{@code STOPPED}: decided, and nobody has begun to interrupt;
 *   <li>{@code INTERRUPTING}: the interrupt is being delivered, so the worker must not go on;
 *   <li>{@code INTERRUPTED}: it was delivered.
 * </ul>
 *
 * <p>An interrupt begins by a compare-and-set of the whole word while the job runs. So once the worker has claimed past
 * the job none can begin: one that was not begun is never delivered, and the worker waits for one that was, and then
 * clears it. An interrupt reaches the job that it was meant for, or nobody.
 *
 * <p>Threads: one worker thread calls {@link #claim}, {@link #job}, {@link #succeed} and {@link #fail}; one router
 * thread calls {@link #recall}, {@link #stop} and {@link #harvest}; one thread at a time, neither of the two, calls
 * {@link #interrupt}; {@link #running}, {@link #claimed}, {@link #unstarted}, {@link #isStopped} and {@link #end} are
 * for all. Outcomes are written plainly before the claim that ends their job, and read only below a {@code next} that
 * was read from the word, so each is safely published; what a stopped job becomes is published by the signal.
 */
@SuppressWarnings(
        "ThreadPriorityCheck") // a yield waits for another thread to finish two instructions; nothing relies on it
public final class Chunk<J, R> {
    private static final Logger log = LoggerFactory.getLogger(Chunk.class);
    private static final long ONE_JOB = 1;
    private static final int END_SHIFT = 32;
    private static final long END_MASK = (1L << 30) - 1;

    private static final long STOPPED = 1L << 62;
    private static final long INTERRUPTING = 2L << 62;
    private static final long INTERRUPTED = 3L << 62;
    private static final long SIGNAL = 3L << 62;

    /** How often a worker looks again at once: an interrupt usually takes a microsecond. */
    private static final int SOON = 100;

    /**
     * The time between two looks after that: an interrupt closes the channel that its thread is blocked on, which may
     * take long.
     */
    private static final long LATER_NS = 100_000;

    private static final int NONE = -1;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Chunk.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Whose jobs they are, for logs; or null. */
    private final Label label;

    private final Object[] jobs;
    private final int from;

    /** Index in the batch of {@code jobs[0]}. */
    private final long base;

    private final int attempt;

    /** Null if there are none. */
    private final TimeLimits limits;

    /** Tells when each job begins, if anybody asks; else null. */
    private final LongSupplier clock;

    /** When the job that was claimed last began, or a moment before that. Written by the worker before it claims. */
    private volatile long begunNs;

    /** Whom the worker asks whether a failed attempt is followed by another; null if nobody. */
    private final RetryPolicy asked;

    /** Asked right before each job begins, and what one becomes that may not; null if none is asked about. */
    private final IntPredicate startCheck;

    private final Object refused;
    private final Object[] outcomes;

    /** What was said of failed attempts; null if nobody was asked. Written and read as the outcomes are. */
    private Verdict[] verdicts;

    /** Whether a job ended otherwise than by a success. Confined to the worker's thread. */
    private boolean anyOther;

    /**
     * Jobs whose handler failed, and those of them that had used up their own time. Confined to the worker's thread;
     * whoever has its report may read them.
     */
    private int failures;

    private int timeouts;

    @SuppressWarnings("unused") // through WORD
    private volatile long word;

    /**
     * What the last job becomes if it was stopped, as it is kept: the worker may have no memory for it. Written by the
     * router before it sets the signal.
     */
    private Object stoppedOutcome;

    /**
     * Makes a chunk of a slice's jobs; their array is shared, not copied.
     *
     * @param slice the jobs
     * @param clock nanoseconds; read for each job, but only if the batch's policy limits their time
     */
    public Chunk(Slice<R> slice, LongSupplier clock) {
        this(
                slice.batch().label(),
                slice.base(),
                slice.jobs(),
                slice.from(),
                slice.to(),
                slice.attempt(),
                slice.batch().policy(),
                clock);
    }

    /** A chunk of {@code jobs[from] … jobs[to - 1]} of a batch with the plainest policy. */
    public Chunk(Object[] jobs, int from, int to) {
        this(null, 0, jobs, from, to, 1, JobPolicy.NONE, null);
    }

    private Chunk(
            Label label,
            long base,
            Object[] jobs,
            int from,
            int to,
            int attempt,
            JobPolicy policy,
            LongSupplier clock) {
        this.label = label;
        this.base = base;
        this.jobs = jobs;
        this.from = from;
        this.attempt = attempt;
        this.limits = TimeLimits.of(policy, clock);
        this.clock = policy.timeout().isPresent() ? clock : null;
        this.asked = policy.asked();
        this.startCheck = policy.startCheck();
        this.refused = startCheck == null ? null : PackedOutcome.of(new Outcome.Cancelled<>(attempt - 1));
        this.outcomes = new Object[to - from];
        this.word = (long) (to - from) << END_SHIFT;
    }

    /**
     * Ends the job that runs, if one does, and claims the next that may begin.
     *
     * @return its position in the chunk, from 0, or −1 if there is none left
     */
    public int claim() {
        int position = claimNext();
        while (startCheck != null && position != NONE && !mayBegin()) {
            outcomes[position] = refused;
            anyOther = true;
            position = claimNext();
        }
        return position;
    }

    private boolean mayBegin() {
        try {
            return startCheck.test(attempt);
        } catch (Throwable e) { // users' code, which must not end a worker
            log.error("A start check has thrown; the job does not begin.", e);
            return false;
        }
    }

    private int claimNext() {
        if (clock != null) {
            begunNs = clock.getAsLong();
        }
        long before = (long) WORD.getAndAdd(this, ONE_JOB);
        int next = next(before);
        if ((before & SIGNAL) != 0 && running(before) != NONE) {
            leaveStopped(next - 1);
        }
        return next < end(before) ? next : NONE;
    }

    /** The claim that ended the job has already been made, so no interrupt can begin while this runs. */
    private void leaveStopped(int position) {
        long signal;
        for (int looks = 1; (signal = (long) WORD.getAcquire(this) & SIGNAL) == INTERRUPTING; looks++) {
            if (looks < SOON) {
                Thread.yield(); // who delivers it may have lost its processor, so let it run
            } else {
                Thread.interrupted(); // it is this job's, and nobody could wait with it
                LockSupport.parkNanos(LATER_NS);
            }
        }
        if (signal == INTERRUPTED) {
            Thread.interrupted();
        }
        outcomes[position] = stoppedOutcome;
        anyOther = true;
    }

    @SuppressWarnings("unchecked") // only jobs of type J come in
    public J job(int position) {
        return (J) jobs[from + position];
    }

    public void succeed(int position, R result) {
        if (attempt == 1) {
            outcomes[position] = PackedOutcome.result(result);
        } else {
            succeedAtLast(position, result);
        }
    }

    private void succeedAtLast(int position, R result) {
        while (true) {
            try {
                outcomes[position] = PackedOutcome.of(new Outcome.Succeeded<>(result, attempt));
                anyOther = true;
                return;
            } catch (OutOfMemoryError e) {
                OutOfMemory.pause();
            }
        }
    }

    /**
     * Ends a job whose handler has failed; for lack of time, perhaps, or of memory: then it waits until there is enough
     * to say so.
     */
    public void fail(int position, Throwable error) {
        while (true) {
            try {
                TimeLimits.Limit exceeded = limits == null ? null : limits.exceeded(begunNs, error);
                Outcome<R> outcome = exceeded == null
                        ? new Outcome.Failed<>(error, attempt)
                        : new Outcome.TimedOut<>(exceeded.timeout(), attempt);
                Object packed = PackedOutcome.of(outcome);
                if (asked != null) {
                    ask(position, outcome);
                }
                outcomes[position] = packed;
                timeouts += exceeded == null || exceeded.ofBatch() ? 0 : 1;
                break;
            } catch (OutOfMemoryError e) {
                OutOfMemory.pause();
            }
        }
        anyOther = true;
        failures++;
    }

    /** If a condition's time runs out, or its job is cancelled, that counts. */
    private void ask(int position, Outcome<R> outcome) {
        if (outcome instanceof Outcome.Failed<R> failed && !isStopped(position)) {
            if (verdicts == null) {
                verdicts = new Verdict[outcomes.length];
            }
            verdicts[position] = Verdict.of(asked, failed);
        }
    }

    /**
     * Takes back every job at {@code keep} or above that nobody has claimed.
     *
     * @param keep lowest position that may be taken
     * @return the chunk's new end: what was taken goes from there to the end before
     */
    public int recall(int keep) {
        while (true) {
            long before = (long) WORD.getVolatile(this);
            int end = Math.max(next(before), keep);
            if (end >= end(before)) {
                return end(before);
            }
            if (WORD.compareAndSet(this, before, (before & ~(END_MASK << END_SHIFT)) | ((long) end << END_SHIFT))) {
                return end;
            }
        }
    }

    /**
     * Stops the job at a position if it runs: its outcome is decided now, whatever the handler still does. Tells
     * nobody; see {@link #interrupt}.
     *
     * @param position the job; if it runs, all after it have been recalled
     * @param outcome what it becomes
     * @return whether the job was running and was not stopped before
     */
    public boolean stop(int position, Outcome<R> outcome) {
        Object packedOutcome = PackedOutcome.of(outcome);
        while (true) {
            long before = (long) WORD.getVolatile(this);
            if (running(before) != position || (before & SIGNAL) != 0) {
                return false;
            }
            if (position + 1 < end(before)) {
                throw new IllegalStateException("jobs follow the one that is stopped; recall them first");
            }
            stoppedOutcome = packedOutcome;
            if (WORD.compareAndSet(this, before, before | STOPPED)) {
                return true;
            }
        }
    }

    /**
     * Interrupts a job that was stopped, if it still runs; may be repeated. The job cannot end before that is over,
     * however long it takes, so this is not for the router.
     *
     * @param position the job
     * @param interruption interrupts the thread that runs it
     * @return whether that was done
     */
    public boolean interrupt(int position, Runnable interruption) {
        while (true) {
            long before = (long) WORD.getVolatile(this);
            long signal = before & SIGNAL;
            if (running(before) != position || signal == 0 || signal == INTERRUPTING) {
                return false;
            }
            if (WORD.compareAndSet(this, before, (before & ~SIGNAL) | INTERRUPTING)) {
                try {
                    interruption.run();
                } finally {
                    WORD.getAndBitwiseOr(this, INTERRUPTED);
                }
                return true;
            }
        }
    }

    /**
     * Whether the job at a position, which runs, has been stopped. For the worker that runs it.
     *
     * @param position the job
     * @return true if its outcome is already decided
     */
    public boolean isStopped(int position) {
        long now = (long) WORD.getVolatile(this);
        return (now & SIGNAL) != 0 && running(now) == position;
    }

    /**
     * Whether the time of the job that runs is over, so that it does not matter any more how its handler ends. For the
     * worker that runs it.
     *
     * @param position the job
     * @param error what its handler is about to fail with, or null if it is about to succeed
     * @return the time-out, or null
     */
    Duration timedOut(int position, Throwable error) {
        if (isStopped(position)) {
            return PackedOutcome.outcome(stoppedOutcome) instanceof Outcome.TimedOut<?> timedOut
                    ? timedOut.timeout()
                    : null;
        }
        TimeLimits.Limit exceeded = limits == null || error == null ? null : limits.exceeded(begunNs, error);
        return exceeded == null ? null : exceeded.timeout();
    }

    /**
     * Whether a job was stopped that its worker has not left: its handler has not returned, or it has, and the
     * interrupt is still on its way.
     *
     * @return false if no job was stopped
     */
    public boolean isLeaving() {
        long now = (long) WORD.getVolatile(this);
        long signal = now & SIGNAL;
        return signal == INTERRUPTING || (signal != 0 && running(now) != NONE);
    }

    /**
     * The outcomes of the jobs that have ended, while the worker may still be at work on a later one.
     *
     * @return a copy: outcomes of positions 0 to its length − 1
     */
    public Outcomes<R> harvest() {
        long now = (long) WORD.getVolatile(this);
        int running = running(now);
        Object[] ended = Arrays.copyOf(outcomes, running == NONE ? Math.min(next(now), end(now)) : running);
        Verdict[] said = verdicts; // of jobs that have ended, as their outcomes
        if ((now & SIGNAL) != 0 && ended.length == end(now)) {
            ended[ended.length - 1] = stoppedOutcome; // its worker may not have come to write it yet
        }
        return new Outcomes<>(ended, ended.length, false, said == null ? null : Arrays.copyOf(said, ended.length));
    }

    /**
     * All outcomes, once {@link #claim} has returned −1. For the worker.
     *
     * @return one for each of the first {@link #end} jobs
     */
    public Outcomes<R> outcomes() {
        return new Outcomes<>(outcomes, end(), !anyOther, verdicts);
    }

    /** {@return what logs call those that the jobs were submitted with; null for jobs by themselves} */
    Label label() {
        return label;
    }

    /** {@return the index of a job in its batch} */
    long index(int position) {
        return base + from + position;
    }

    int attempt() {
        return attempt;
    }

    /** How many jobs failed, or found themselves that they had no time left, once the worker has reported the chunk. */
    public int failures() {
        return failures;
    }

    /** How many of those had run out of their own time, rather than that of their batch. */
    public int timeouts() {
        return timeouts;
    }

    /**
     * When the job that runs began. For any thread that has read {@link #running} before: what that job was is what
     * this is about, or a later one.
     *
     * @return on the clock that was given; without one, 0
     */
    public long begunNs() {
        return begunNs;
    }

    /** {@return whether it knows when each job begins} */
    boolean timesJobs() {
        return clock != null;
    }

    /** {@return how long its jobs may take, or null} */
    TimeLimits limits() {
        return limits;
    }

    public int running() {
        return running((long) WORD.getVolatile(this));
    }

    public int claimed() {
        long now = (long) WORD.getVolatile(this);
        return Math.min(next(now), end(now));
    }

    public int unstarted() {
        long now = (long) WORD.getVolatile(this);
        return Math.max(0, end(now) - next(now));
    }

    public int end() {
        return end((long) WORD.getVolatile(this));
    }

    /** A job runs while {@code next} has passed it and the claim after it has not been made. */
    private static int running(long word) {
        int next = next(word);
        return next >= 1 && next <= end(word) ? next - 1 : NONE;
    }

    private static int next(long word) {
        return (int) word;
    }

    private static int end(long word) {
        return (int) (word >>> END_SHIFT & END_MASK);
    }
}
