package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A segment that this process holds under a lease. Its fields are the actor's, but for those that say otherwise.
 *
 * @param <J> type of the jobs
 */
final class Held<J> {
    /** The segment as it was claimed. Immutable, for any thread. */
    final SegmentRow claimed;

    /** The encoded jobs of its block. Any thread reads them. */
    final byte[] encoded;

    /** When the actor got it. */
    final long sinceNs;

    /** The segment as it is stored now: without the jobs that are settled. */
    SegmentRow row;

    /** Whether its jobs may begin. Any thread asks it. */
    final StartCheck startCheck;

    /** Until when nobody else may take it; earlier than the store thinks. */
    private long leaseUntilNs;

    private final long leaseNs;

    /** What is to be written, one after another. */
    final Deque<Part> parts = new ArrayDeque<>();

    /** Whether a part of it is on its way to the store. */
    boolean isSettling;

    /** Jobs that the pool has not given back. */
    int running;

    /** Of a lane: its jobs that are not over, given back ones among them; empty if all are. */
    private Optional<JobSet> notOver;

    /** When outcomes were last taken of it before all were there. */
    long takenNs;

    /** Whether its lease went to somebody else, or is to run out; nothing of it is written any more. */
    boolean isLost;

    /** What the pool was given. The feeder adds, any thread reads. */
    final List<Feeder.Given<J>> given = new CopyOnWriteArrayList<>();

    /**
     * Whether what is cancelled is to be released, since others may run it. The actor and the feeder set it, and nobody
     * takes it back; any thread reads it.
     */
    volatile boolean givesBack;

    /** Whether its batch was cancelled. The actor sets it, any thread reads it. */
    volatile boolean isCancelled;

    /** Jobs that were cancelled by themselves. The actor adds, any thread reads. */
    private final Set<Long> cancelledJobs = ConcurrentHashMap.newKeySet();

    /** Told when the above change. The feeder sets it, the actor calls it. */
    volatile Runnable changed = () -> {};

    /**
     * A segment whose lease has begun.
     *
     * @param sinceNs a time before that
     * @param leaseNs for how long it is leased
     * @param canBeTaken whether another process may take it when its lease has run out
     */
    Held(SegmentRow claimed, byte[] encoded, long sinceNs, long leaseNs, boolean canBeTaken, long nowNs) {
        this.claimed = claimed;
        this.encoded = encoded;
        this.row = claimed;
        this.leaseNs = leaseNs;
        this.leaseUntilNs = sinceNs + leaseNs;
        this.startCheck = new StartCheck(canBeTaken, overdueNs());
        this.sinceNs = nowNs;
        this.takenNs = nowNs;
        this.running = claimed.jobs().size();
        this.notOver = Optional.of(claimed.jobs());
    }

    /** Adds what is to be written. */
    void add(Part part) {
        if (claimed.lane() < 0) {
            parts.add(part);
            return;
        }
        notOver = notOver.flatMap(part::notOver);
        parts.add(notOver.map(part::inOrder).orElse(part));
    }

    /** When its jobs are to be stopped: some time before others may begin them. */
    private long overdueNs() {
        return leaseUntilNs - leaseNs / 6;
    }

    boolean isOverdue(long nowNs) {
        return overdueNs() - nowNs < 0;
    }

    /** Whether so much of the lease is over that it is renewed. */
    boolean isToBeRenewed(long nowNs) {
        return leaseUntilNs - nowNs < leaseNs * 2 / 3;
    }

    /** The lease was renewed after this time. */
    void renewed(long sinceNs) {
        leaseUntilNs = sinceNs + leaseNs;
        startCheck.renew(overdueNs());
    }

    /** Whether what did not run is others' to run, and is not cancelled for good. */
    boolean isForOthers() {
        return givesBack || startCheck.hasRefused();
    }

    /** Takes back what the pool has not begun. */
    void giveBackUnstarted() {
        givesBack = true;
        given.forEach(each -> each.piece().cancelUnstarted());
        changed.run();
    }

    /** Has all of its jobs stopped, which others may run then. */
    void stopAndGiveBack() {
        givesBack = true;
        startCheck.revoke();
        given.forEach(each -> each.piece().cancel());
        changed.run();
    }

    /** Whether a job was cancelled, by itself or with its batch. For any thread. */
    boolean isCancelled(long number) {
        return isCancelled || cancelledJobs.contains(number);
    }

    /** Whether some jobs were cancelled, or all. For any thread. */
    boolean cancelsJobs() {
        return isCancelled || !cancelledJobs.isEmpty();
    }

    /** Has one job stopped for good, if it is one of its. */
    void cancel(long number) {
        if (claimed.jobs().contains(number) && cancelledJobs.add(number)) {
            given.forEach(each -> each.piece().cancel(number));
            changed.run();
        }
    }

    /** Has all of its jobs stopped for good. */
    void cancel() {
        isCancelled = true;
        startCheck.revoke();
        given.forEach(each -> each.piece().cancel());
        changed.run();
    }
}
