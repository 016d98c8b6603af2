package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.HaltPolicy;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * Finds the job whose failure brought a batch to its halt: the first by which a condition of the policy is reached, in
 * the order in which outcomes arrive. Confined to the thread of the batch's ledger.
 */
final class HaltCause {
    private final HaltPolicy policy;
    private boolean reached;
    private OptionalInt index = OptionalInt.empty();

    HaltCause(HaltPolicy policy) {
        this.policy = policy;
        this.reached = policy.equals(HaltPolicy.never());
    }

    /** The job's index in the batch; empty if nothing failed, or something else than a failure halted the batch. */
    OptionalInt index() {
        return index;
    }

    /**
     * Outcomes have arrived.
     *
     * @param before the progress without them
     * @param now the progress with them
     * @param first index in the batch of the first
     * @param end that behind the last
     * @param outcomes by index, as {@link PackedOutcome}
     */
    void arrived(BatchProgress before, BatchProgress now, int first, int end, IntFunction<Object> outcomes) {
        if (reached || !policy.isReached(now)) {
            return;
        }
        reached = true;
        Counts counts = Counts.from(before);
        for (int i = first; i < end; i++) {
            Object outcome = outcomes.apply(i);
            counts.add(outcome);
            if (policy.isReached(counts.progress(now.total()))) {
                index = isFailure(PackedOutcome.outcome(outcome)) ? OptionalInt.of(i) : OptionalInt.empty();
                return;
            }
        }
    }

    private static boolean isFailure(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut;
    }
}
