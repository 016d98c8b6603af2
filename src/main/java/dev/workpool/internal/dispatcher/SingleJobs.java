package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.Settlement;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.SinglesLedger;
import dev.workpool.internal.batch.SinglesQueue;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.queue.DelayedRetries;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Keeps the jobs that were submitted by themselves, and cancels them wherever they are. Confined to the dispatcher's
 * thread.
 */
final class SingleJobs<J, R> {
    static final long BATCH_ID = 0;

    /** To take a slice out and to tell the collector. */
    private static final int STEPS_TO_SETTLE = 4;

    /** To take a job out and to have whoever waits for it told. */
    private static final int STEPS_TO_CANCEL = 1;

    private final QueuedJobs<R> queued;
    private final DelayedRetries<R> parked;
    private final Tally tally;
    private final PoolEvents events;
    private final Executor callbacks;

    private final Slice.BatchRef<R> batch;
    private final SinglesLedger<J, R> ledger;
    private final SinglesQueue<J, R> queue;
    private boolean anyCancelRequested;

    SingleJobs(
            QueuedJobs<R> queued,
            DelayedRetries<R> parked,
            Tally tally,
            JobTimes times,
            PoolEvents events,
            Executor callbacks,
            Collectors<R> collectors,
            JobPolicy policy) {
        this.queued = queued;
        this.parked = parked;
        this.tally = tally;
        this.events = events;
        this.callbacks = callbacks;
        this.ledger = new SinglesLedger<>(callbacks);
        this.batch = collectors.spawn(BATCH_ID, ledger, policy, events.ofSingles());
        this.queue = new SinglesQueue<>(batch, ledger, times);
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
        if (events.ofSingles().areProblemsWatched()) {
            events.ofSingles().jobsEnded(0, 1, single.ran());
        }
        settle(List.of(single), single.ran());
    }

    /** Rejects the oldest, which there is. */
    void dropOldest(String reason) {
        long before = queue.queued();
        Single<J, R> oldest = queue.poll();
        queued.changed(queue, before);
        events.rejected(null, List.of(), 1, reason);
        settle(List.of(oldest), new Outcome.Rejected<>(reason));
    }

    /** Jobs have come back; those that were to be cancelled meanwhile are. */
    void cancelRequestedOf(Slice<R> returned) {
        if (!anyCancelRequested) {
            return;
        }
        for (long index = returned.first(); index < returned.first() + returned.size(); index++) {
            Single<J, R> single = ledger.at(index);
            if (single != null && single.state == Single.State.CANCEL_REQUESTED) {
                cancelReturned(index);
            }
        }
    }

    /** Whether the job of a slice is to be cancelled and was granted when that was asked for. */
    boolean isCancelRequested(Slice<R> slice) {
        return ledger.at(slice.first()).state == Single.State.CANCEL_REQUESTED;
    }

    /**
     * Cancels a job if it is in the queue or waits for a retry. If it was granted, whoever has it by now is to be
     * asked.
     */
    Holder cancel(Single<J, R> single) {
        long before = queue.queued();
        if (queue.cancel(single)) {
            queued.changed(queue, before);
            settle(List.of(single), new Outcome.Cancelled<>(0));
            return Holder.QUEUE;
        }
        boolean granted = single.state == Single.State.GRANTED || single.state == Single.State.CANCEL_REQUESTED;
        if (!granted) {
            return Holder.NOBODY;
        }
        if (cancelReturned(single.index)) {
            return Holder.QUEUE;
        }
        single.state = Single.State.CANCEL_REQUESTED;
        anyCancelRequested = true;
        return Holder.ROUTER;
    }

    private boolean cancelReturned(long index) {
        long before = queue.queued();
        Slice<R> returned = queue.returned().removeJob(BATCH_ID, index);
        if (returned != null) {
            queued.changed(queue, before);
        } else {
            returned = parked.removeJob(BATCH_ID, index);
        }
        if (returned != null) {
            StopReason.CANCELLED.settle(returned);
        }
        return returned != null;
    }

    /**
     * Shows somebody those that have no outcome, in the order in which they came. Each was accepted before this is
     * called, and all that were are among them; so are some that get their outcome meanwhile.
     *
     * @param visitor gets each
     * @return what is to be done for it
     */
    LongWork.Task visitOpen(Consumer<Single<J, R>> visitor) {
        List<Single<J, R>[]> parts = ledger.parts();
        parts.add(queue.toArray());
        return new LongWork.Task() {
            private int part;
            private int next;

            @Override
            public boolean goOn(Steps steps) {
                for (; part < parts.size(); part++, next = 0) {
                    Single<J, R>[] singles = parts.get(part);
                    for (; next < singles.length; next++) {
                        if (!steps.take(1)) {
                            return false;
                        }
                        if (singles[next] != null && singles[next].state != Single.State.ENDED_UNGRANTED) {
                            visitor.accept(singles[next]);
                        }
                    }
                }
                return true;
            }
        };
    }

    /**
     * Cancels all that are queued; a pool that does so takes no more.
     *
     * @return what is to be done for it. None of them is granted from now on.
     */
    LongWork.Task cancelAll() {
        if (batch.policy().retries()) {
            batch.collector().tell(new Collector.SettleLinking<>());
        }
        if (queue.stopped == null) {
            queued.withdraw(queue, StopReason.CANCELLED);
        }
        return this::cancelSome;
    }

    private boolean cancelSome(Steps steps) {
        while (!queue.returned().isEmpty()) {
            if (!steps.take(STEPS_TO_SETTLE)) {
                return false;
            }
            StopReason.CANCELLED.settle(queue.returned().take(Integer.MAX_VALUE));
        }
        if (!parked.removeBatch(BATCH_ID, steps, StopReason.CANCELLED::settle)) {
            return false;
        }
        int most = steps.enoughFor(STEPS_TO_CANCEL);
        int cancelled = cancelQueued(most);
        steps.take(cancelled * STEPS_TO_CANCEL);
        return cancelled < most;
    }

    /** Gives how many it was, at most so many. */
    private int cancelQueued(int most) {
        List<Single<J, R>> cancelled = new ArrayList<>();
        Single<J, R> single;
        while (cancelled.size() < most && (single = queue.poll()) != null) {
            cancelled.add(single);
        }
        settle(cancelled, new Outcome.Cancelled<>(0));
        return cancelled.size();
    }

    /** As {@link #cancelAll}, and settles what was granted, without the collector, whose actor is gone. */
    void settleAll() {
        while (!queue.returned().isEmpty()) {
            Slice<R> slice = queue.returned().take(Integer.MAX_VALUE);
            ledger.settle(slice.first(), slice.size(), StopReason.CANCELLED.ofUnstarted(slice));
        }
        cancelQueued(Integer.MAX_VALUE);
        ledger.settleRest(new Outcome.Cancelled<>(1));
    }

    /** Jobs that no ledger knows of end here. */
    private void settle(List<Single<J, R>> all, Outcome<R> outcome) {
        tally.settle(all.size(), outcome);
        Settlement.start(all, single -> outcome, callbacks);
    }
}
