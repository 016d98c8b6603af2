package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;
import dev.workpool.RetryPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Goes before a ledger and holds back the outcomes that are not final, since their jobs are tried again. Without retries there is
 * none of it.
 */
final class RetryLedger<R> implements Ledger<R> {

    /** Who has jobs tried again. */
    @FunctionalInterface
    interface Retries {
        /**
         * Asks for another attempt; it comes, or {@link Ledger#giveUp} or {@link Ledger#settle}.
         *
         * @param index the job
         * @param attempt which one it will be: 2 or more
         * @param delayNs when
         */
        void retry(long index, int attempt, long delayNs);
    }

    private final Ledger<R> ledger;
    private final RetryPolicy policy;
    private final RandomGenerator random;
    private final Retries retries;

    /** Jobs that are being tried again. */
    private final Map<Long, FailedAttempts<R>> tried = new HashMap<>();

    RetryLedger(Ledger<R> ledger, RetryPolicy policy, RandomGenerator random, Retries retries) {
        this.ledger = ledger;
        this.policy = policy;
        this.random = random;
        this.retries = retries;
    }

    @Override
    public void acknowledge(long first, Outcomes<R> outcomes) {
        int from = 0;
        if (!outcomes.allSucceeded()) {
            for (int i = 0; i < outcomes.size(); i++) {
                if (outcomes.kept(i) instanceof Kept) { // else it succeeded at once
                    pass(first, outcomes, from, i);
                    from = i + 1;
                    attempted(first + i, outcomes.get(i));
                }
            }
        }
        pass(first, outcomes, from, outcomes.size());
    }

    private void pass(long first, Outcomes<R> outcomes, int from, int to) {
        if (from == 0 && to == outcomes.size()) {
            ledger.acknowledge(first, outcomes);
        } else if (from < to) {
            ledger.acknowledge(first + from, outcomes.part(from, to));
        }
    }

    private void attempted(long index, Outcome<R> outcome) {
        FailedAttempts<R> before = tried.get(index);
        boolean failed = outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut;
        if (!ledger.isOpen(index)
                || (failed
                        && before != null
                        && outcome.attempts() <= before.last().attempts())) {
            return; // a chunk that takes long hands in what has ended, and again when it is done
        }
        if (policy.retries(outcome)) {
            tried.computeIfAbsent(index, each -> new FailedAttempts<>()).add(outcome);
            retries.retry(index, outcome.attempts() + 1, policy.delayNs(outcome.attempts(), random));
        } else {
            tried.remove(index);
            settle(index, outcome, before);
        }
    }

    @Override
    public void giveUp(long index) {
        FailedAttempts<R> given = tried.remove(index);
        if (given != null) {
            settle(index, given.removeLast(), given);
        }
    }

    /** Nobody is to miss why the attempts before the last failed. */
    private void settle(long index, Outcome<R> outcome, FailedAttempts<R> before) {
        if (before != null && outcome instanceof Outcome.Failed<R> failed) {
            before.suppressIn(failed.error());
        }
        ledger.settle(index, 1, outcome);
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        if (count < tried.size()) {
            for (long index = first; index < first + count; index++) {
                tried.remove(index);
            }
        } else {
            tried.keySet().removeIf(index -> index >= first && index < first + count);
        }
        ledger.settle(first, count, outcome);
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        tried.clear();
        ledger.settleRest(outcome);
    }

    @Override
    public void endOfInput(long total) {
        ledger.endOfInput(total);
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
