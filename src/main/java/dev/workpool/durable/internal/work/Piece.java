package dev.workpool.durable.internal.work;

import dev.workpool.job.Cancellable;
import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Jobs of a held segment that a pool was given together. Collects their outcomes as they come, so that those that there
 * are can be written while others still run. Guarded by this: a pool's callback thread adds outcomes, and the feeder's
 * and callback threads take them.
 *
 * @param <T> type of what the pool runs
 */
final class Piece<T> {
    private final Held<?> held;
    private final long[] numbers;
    private final List<T> jobs;
    private List<T> endedJobs = new ArrayList<>();
    private List<Outcome<?>> endedOutcomes = new ArrayList<>();
    private final BitSet taken = new BitSet();

    /** The places of each job that has not been taken; null until it is needed. Equal instances are the same job. */
    private IdentityHashMap<T, Deque<Integer>> places;

    private Cancellable work = () -> {};
    private Runnable cancelUnstarted = () -> {};
    private IntConsumer cancelOne;
    private final Set<Integer> cancelledPlaces = new HashSet<>();
    private boolean isCancelled;
    private boolean isCancelledUnstarted;
    private boolean isRecalled;
    private int ended;
    private final Runnable whenEnded;
    private final PermitCheck permits;

    /**
     * A piece that was not given to the pool yet.
     *
     * @param permits what its workers ask before they begin a job
     * @param whenEnded called for each job that has ended
     */
    Piece(Held<?> held, long[] numbers, List<T> jobs, PermitCheck permits, Runnable whenEnded) {
        this.permits = permits;
        this.whenEnded = whenEnded;
        this.held = held;
        this.numbers = numbers;
        this.jobs = jobs;
    }

    /**
     * How a job ended.
     *
     * @param number the job's
     * @param outcome with the attempts that were made here
     * @param failedAttempts of one that was taken back while it waited for its next attempt, or in the middle of one: how
     *     often it has failed here; else 0
     */
    record Ended(long number, Outcome<?> outcome, int failedAttempts) {
        Ended(long number, Outcome<?> outcome) {
            this(number, outcome, 0);
        }
    }

    Held<?> held() {
        return held;
    }

    List<T> jobs() {
        return jobs;
    }

    long[] numbers() {
        return numbers;
    }

    /** Tells how to cancel it, or a job of it by its place; it may have been cancelled already. */
    void started(Cancellable all, Runnable unstarted, IntConsumer one) {
        boolean cancelNow;
        boolean cancelUnstartedNow;
        Set<Integer> cancelledBefore;
        synchronized (this) {
            work = all;
            cancelUnstarted = unstarted;
            cancelOne = one;
            cancelledBefore = Set.copyOf(cancelledPlaces);
            cancelNow = isCancelled;
            cancelUnstartedNow = isCancelledUnstarted;
        }
        if (cancelNow) {
            all.cancel();
        } else if (cancelUnstartedNow) {
            unstarted.run();
        }
        cancelledBefore.forEach(one::accept);
    }

    /** Cancels one job, if it is one of these. */
    void cancel(long number) {
        int place = Arrays.binarySearch(numbers, number);
        IntConsumer one;
        synchronized (this) {
            if (place < 0 || !cancelledPlaces.add(place)) {
                return;
            }
            one = cancelOne;
        }
        if (one != null) { // else it is done once it has started
            one.accept(place);
        }
    }

    void cancel() {
        Cancellable all;
        synchronized (this) {
            isCancelled = true;
            all = work;
        }
        all.cancel();
    }

    void cancelUnstarted() {
        Runnable unstarted;
        synchronized (this) {
            isCancelledUnstarted = true;
            unstarted = cancelUnstarted;
        }
        unstarted.run();
    }

    /** Takes back what the pool has not begun, for it to wait for permits. */
    void recall() {
        synchronized (this) {
            isRecalled = true;
        }
        cancelUnstarted();
    }

    /** Whether a job that was cancelled before it began is to wait for a permit; asked once for each. */
    synchronized boolean isTakenBack() {
        return isRecalled || permits.takeLacking();
    }

    /** Whether some of its jobs are to wait for permits although the pool had them. */
    synchronized boolean mayWaitAgain() {
        return isRecalled || permits.hasLacked();
    }

    /** How many of those that run have not begun, as far as permits tell. */
    synchronized int unbegun() {
        return Math.max(0, Math.min(running(), numbers.length - permits.begun()));
    }

    /** Adds an outcome, by the pool's consumer. */
    void ended(T job, Outcome<?> outcome) {
        synchronized (this) {
            endedJobs.add(job);
            endedOutcomes.add(outcome);
            ended++;
        }
        permits.ended(outcome);
        whenEnded.run();
    }

    /** All of its jobs have ended. */
    void over() {
        permits.over();
    }

    /** How many of those that run are not counted one by one: they may all run. */
    int uncounted() {
        return permits.counts() ? 0 : running();
    }

    /** How many jobs have no outcome yet. */
    synchronized int running() {
        return numbers.length - ended;
    }

    synchronized boolean hasEnded() {
        return !endedJobs.isEmpty();
    }

    /** Takes the outcomes that have come since the last call. */
    synchronized List<Ended> takeEnded() {
        if (places == null) {
            places = new IdentityHashMap<>();
            for (int i = 0; i < jobs.size(); i++) {
                places.computeIfAbsent(jobs.get(i), job -> new ArrayDeque<>(1)).add(i);
            }
        }
        List<Ended> ended = new ArrayList<>(endedJobs.size());
        for (int i = 0; i < endedJobs.size(); i++) {
            Deque<Integer> at = places.get(endedJobs.get(i));
            if (at != null && !at.isEmpty()) {
                int place = at.poll();
                taken.set(place);
                ended.add(ended(place, endedOutcomes.get(i)));
            }
        }
        endedJobs = new ArrayList<>();
        endedOutcomes = new ArrayList<>();
        return ended;
    }

    /**
     * Takes all outcomes that have not been taken, when there are no more to come.
     *
     * @param inOrder all outcomes, in the order of the jobs; null if they are not known but by {@link #ended}
     */
    synchronized List<Ended> takeRest(List<? extends Outcome<?>> inOrder) {
        if (places != null || inOrder == null) {
            return takeEnded();
        }
        List<Ended> ended = new ArrayList<>(inOrder.size());
        for (int i = 0; i < inOrder.size(); i++) {
            ended.add(ended(i, inOrder.get(i)));
        }
        taken.set(0, numbers.length);
        endedJobs = new ArrayList<>();
        endedOutcomes = new ArrayList<>();
        return ended;
    }

    /**
     * Where all of them are stopped, those that waited are not known from those that ran, whose last attempt has not
     * failed: then one attempt may be made once more, and none is missing.
     */
    private Ended ended(int place, Outcome<?> outcome) {
        boolean isTakenBack = (isCancelled || isCancelledUnstarted) && !cancelledPlaces.contains(place);
        if (!isTakenBack || !(outcome instanceof Outcome.Cancelled)) {
            return new Ended(numbers[place], outcome);
        }
        return new Ended(numbers[place], outcome, Math.max(0, outcome.attempts() - (isCancelled ? 1 : 0)));
    }

    /** The numbers of jobs whose outcome has not been taken. */
    synchronized List<Long> missing() {
        List<Long> missing = new ArrayList<>();
        for (int i = taken.nextClearBit(0); i < numbers.length; i = taken.nextClearBit(i + 1)) {
            missing.add(numbers[i]);
        }
        return missing;
    }
}
