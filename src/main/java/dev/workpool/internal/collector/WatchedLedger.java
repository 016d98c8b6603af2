package dev.workpool.internal.collector;

import dev.workpool.internal.event.BatchEvents;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;

/** Tells whoever watches which jobs have not succeeded, as their outcomes reach the ledger behind it. */
final class WatchedLedger<R> implements Ledger<R> {
    private final Ledger<R> ledger;
    private final BatchEvents events;

    WatchedLedger(Ledger<R> ledger, BatchEvents events) {
        this.ledger = ledger;
        this.events = events;
    }

    @Override
    public void acknowledge(long first, Outcomes<R> outcomes) {
        if (!outcomes.allSucceeded() && events.areProblemsWatched()) {
            for (int i = 0; i < outcomes.size(); i++) {
                // What takes long is acknowledged in parts, and then once more as a whole.
                if (outcomes.packedOutcome(i) instanceof PackedOutcome && ledger.isOpen(first + i)) {
                    events.jobsEnded(first + i, 1, outcomes.get(i));
                }
            }
        }
        ledger.acknowledge(first, outcomes);
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        boolean isProblem = !(outcome instanceof Outcome.Succeeded) && !(outcome instanceof Outcome.Cancelled);
        if (isProblem && events.areProblemsWatched()) {
            long before = ledger.progress().done();
            ledger.settle(first, count, outcome);
            long jobs = ledger.progress().done() - before;
            if (jobs > 0) {
                events.jobsEnded(first, jobs, outcome);
            }
        } else {
            ledger.settle(first, count, outcome);
        }
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        ledger.settleRest(outcome);
    }

    @Override
    public void endOfInput(long total) {
        ledger.endOfInput(total);
    }

    @Override
    public void awaitSuccess() {
        ledger.awaitSuccess();
    }

    @Override
    public boolean isOpen(long index) {
        return ledger.isOpen(index);
    }

    @Override
    public BatchProgress progress() {
        return ledger.progress();
    }
}
