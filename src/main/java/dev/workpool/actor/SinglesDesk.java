package dev.workpool.actor;

import dev.workpool.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** The jobs that were submitted by themselves, and how they are cancelled wherever they are. Of the dispatcher's thread. */
final class SinglesDesk<J, R> {
    static final long BATCH_ID = 0;

    private final QueuedJobs<R> queued;
    private final ParkedRetries<R> parked;
    private final Tally tally;
    private final Executor callbacks;

    private final Slice.BatchRef<R> batch;
    private final SinglesLedger<J, R> ledger;
    private final SinglesQueue<J, R> queue;
    private boolean anyCancelRequested;

    SinglesDesk(
            QueuedJobs<R> queued,
            ParkedRetries<R> parked,
            Tally tally,
            Executor callbacks,
            Collectors<R> collectors,
            JobPolicy policy) {
        this.queued = queued;
        this.parked = parked;
        this.tally = tally;
        this.callbacks = callbacks;
        this.ledger = new SinglesLedger<>(callbacks);
        this.batch = collectors.spawn(BATCH_ID, ledger, policy);
        this.queue = new SinglesQueue<>(batch, ledger);
    }

    SinglesLedger<J, R> ledger() {
        return ledger;
    }

    BatchSource<R> source() {
        return queue;
    }

    /** The one that has been queued longest without having been granted, or null. */
    Single<J, R> oldest() {
        return queue.peek();
    }

    void accept(Single<J, R> single) {
        tally.accept(1);
        long before = queue.queued();
        queue.add(single);
        queued.changed(queue, before);
    }

    /** A job that its submitter has run. */
    void acceptRan(Single<J, R> single) {
        tally.accept(1);
        settle(List.of(single), single.ran);
    }

    /** Rejects the oldest, which there is. */
    void dropOldest(String reason) {
        long before = queue.queued();
        Single<J, R> oldest = queue.poll();
        queued.changed(queue, before);
        settle(List.of(oldest), new Outcome.Rejected<>(reason));
    }

    /** Jobs have come back; those that were to be cancelled meanwhile are. */
    void cancelRequestedOf(Slice<R> returned) {
        if (!anyCancelRequested) {
            return;
        }
        for (long index = returned.first(); index < returned.first() + returned.size(); index++) {
            Single<J, R> single = ledger.at(index);
            if (single != null && single.cancelRequested) {
                cancelReturned(index);
            }
        }
    }

    /** Whether the job of a slice is to be cancelled and was granted when that was asked for. */
    boolean isCancelRequested(Slice<R> slice) {
        return ledger.at(slice.first()).cancelRequested;
    }

    /**
     * Cancels a job if it is queued.
     *
     * @return whether it is not, but was granted
     */
    boolean cancelUnlessGranted(Single<J, R> single) {
        long before = queue.queued();
        if (queue.cancel(single)) {
            queued.changed(queue, before);
            settle(List.of(single), new Outcome.Cancelled<>(0));
            return false;
        }
        if (single.index == Single.QUEUED || cancelReturned(single.index)) {
            return false;
        }
        single.cancelRequested = true;
        anyCancelRequested = true;
        return true;
    }

    private boolean cancelReturned(long index) {
        long before = queue.queued();
        Slice<R> returned = queue.returned().removeJob(BATCH_ID, index);
        if (returned != null) {
            queued.changed(queue, before);
            StopReason.CANCELLED.settle(returned);
            return true;
        }
        return parked.removeJob(BATCH_ID, index, StopReason.CANCELLED::settle);
    }

    /** Those that have no outcome, in the order in which they came. */
    List<Single<J, R>> open() {
        List<Single<J, R>> open = new ArrayList<>();
        ledger.forEachOpen(open::add);
        queue.forEachQueued(open::add);
        return open;
    }

    /** Cancels all that are queued; a pool that does so takes no more. */
    void cancelAll() {
        queue.stopped = StopReason.CANCELLED;
        long before = queue.queued();
        while (!queue.returned().isEmpty()) {
            StopReason.CANCELLED.settle(queue.returned().take(Integer.MAX_VALUE));
        }
        parked.removeBatch(BATCH_ID, StopReason.CANCELLED::settle);
        if (batch.policy().retries()) {
            batch.collector().tell(new Collector.SettleLinking<>());
        }
        cancelQueued(before);
    }

    private void cancelQueued(long before) {
        List<Single<J, R>> cancelled = new ArrayList<>();
        for (Single<J, R> single = queue.poll(); single != null; single = queue.poll()) {
            cancelled.add(single);
        }
        queued.changed(queue, before);
        settle(cancelled, new Outcome.Cancelled<>(0));
    }

    /** As {@link #cancelAll}, and settles what was granted, without the collector, whose actor is gone. */
    void settleAll() {
        long before = queue.queued();
        while (!queue.returned().isEmpty()) {
            Slice<R> slice = queue.returned().take(Integer.MAX_VALUE);
            ledger.settle(slice.first(), slice.size(), StopReason.CANCELLED.ofUnstarted(slice));
        }
        cancelQueued(before);
        ledger.settleRest(new Outcome.Cancelled<>(1));
    }

    /** Jobs that no ledger knows of end here. */
    private void settle(List<Single<J, R>> all, Outcome<R> outcome) {
        tally.settle(all.size(), outcome);
        Settlement.start(all, single -> outcome, callbacks);
    }
}
