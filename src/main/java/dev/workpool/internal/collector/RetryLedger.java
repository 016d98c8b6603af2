package dev.workpool.internal.collector;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Holds back outcomes that are not final, because their jobs are tried again, from the ledger behind it. Without
 * retries it is absent.
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
         * @param error what the handler threw in the attempt before; null for a time-out
         */
        void retry(long index, int attempt, long delayNs, Throwable error);
    }

    /** Who links the errors of a job's attempts, which is not for this thread. */
    @FunctionalInterface
    interface Links<R> {
        /**
         * Has an error suppress those of earlier attempts; {@link Ledger#linked} comes afterwards.
         *
         * @param index the job
         * @param error of its last attempt
         * @param earlier the attempts before, which the ledger does not look at again
         */
        void link(long index, Throwable error, FailedAttempts<R> earlier);
    }

    private final Ledger<R> ledger;
    private final RetryPolicy policy;
    private final RandomGenerator random;
    private final Retries retries;
    private final Links<R> links;

    /** Jobs that are being tried again. */
    private final Map<Long, FailedAttempts<R>> tried = new HashMap<>();

    /**
     * Jobs whose attempts are over and whose errors are being linked, with their outcome. Nothing that comes later
     * changes it.
     */
    private final TreeMap<Long, Outcome<R>> linking = new TreeMap<>();

    /** Those of them that were when somebody looked. */
    private final Set<Long> overdue = new HashSet<>();

    RetryLedger(Ledger<R> ledger, RetryPolicy policy, RandomGenerator random, Retries retries, Links<R> links) {
        this.ledger = ledger;
        this.policy = policy;
        this.random = random;
        this.retries = retries;
        this.links = links;
    }

    @Override
    public void acknowledge(long first, Outcomes<R> outcomes) {
        int from = 0;
        if (!outcomes.allSucceeded()) {
            for (int i = 0; i < outcomes.size(); i++) {
                if (outcomes.packedOutcome(i) instanceof PackedOutcome) { // else it succeeded at once
                    pass(first, outcomes, from, i);
                    from = i + 1;
                    attempted(first + i, outcomes.get(i), outcomes.verdict(i));
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

    private void attempted(long index, Outcome<R> outcome, Verdict verdict) {
        FailedAttempts<R> before = tried.get(index);
        boolean failed = outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut;
        if (!isOpen(index)
                || (failed
                        && before != null
                        && outcome.attempts() <= before.last().attempts())) {
            return; // a chunk that takes long hands in what has ended, and again when it is done
        }
        if (isFollowed(outcome, verdict)) {
            tried.computeIfAbsent(index, each -> new FailedAttempts<>()).add(outcome);
            Throwable error = outcome instanceof Outcome.Failed<R> thrown ? thrown.error() : null;
            retries.retry(index, outcome.attempts() + 1, policy.delayNs(outcome.attempts(), random), error);
        } else {
            tried.remove(index);
            settle(index, outcome, verdict == null ? before : withProblem(before, outcome, verdict));
        }
    }

    /** A condition has been asked by the handler's thread; here runs nobody's code. */
    private boolean isFollowed(Outcome<R> outcome, Verdict verdict) {
        boolean asked = outcome instanceof Outcome.Failed && policy.condition().isPresent();
        return asked ? verdict != null && verdict.again() : policy.retries(outcome);
    }

    /** What a condition has thrown is linked as if it were the error of an attempt before. */
    private FailedAttempts<R> withProblem(FailedAttempts<R> before, Outcome<R> outcome, Verdict verdict) {
        if (verdict.problem() == null) {
            return before;
        }
        FailedAttempts<R> attempts = before == null ? new FailedAttempts<>() : before;
        attempts.add(new Outcome.Failed<>(verdict.problem(), outcome.attempts()));
        return attempts;
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
            linking.put(index, outcome);
            links.link(index, failed.error(), before);
        } else {
            ledger.settle(index, 1, outcome);
        }
    }

    @Override
    public void linked(long index) {
        Outcome<R> outcome = linking.remove(index);
        if (outcome != null) {
            ledger.settle(index, 1, outcome);
        }
    }

    @Override
    public void settleLinking() {
        linking.forEach((index, outcome) -> ledger.settle(index, 1, outcome));
        linking.clear();
    }

    boolean isLinking() {
        return !linking.isEmpty();
    }

    /** Settles the jobs that were being linked already when this was called last. */
    void settleOverdue() {
        overdue.retainAll(linking.keySet());
        List.copyOf(overdue).forEach(this::linked);
        overdue.clear();
        overdue.addAll(linking.keySet());
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
        long from = first;
        for (long decided : linking.subMap(first, first + count).keySet()) {
            settleOthers(from, decided, outcome);
            from = decided + 1;
        }
        settleOthers(from, first + count, outcome);
    }

    private void settleOthers(long from, long to, Outcome<R> outcome) {
        if (from < to) {
            ledger.settle(from, to - from, outcome);
        }
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        settleLinking();
        tried.clear();
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
        return ledger.isOpen(index) && !linking.containsKey(index);
    }

    @Override
    public BatchProgress progress() {
        return ledger.progress();
    }
}
