package dev.workpool.durable.internal.work;

import dev.workpool.codec.JobCodec;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.durable.internal.segment.ErrorText;
import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.Settling.Dead;
import dev.workpool.durable.internal.store.Settling.Retry;
import dev.workpool.durable.internal.work.Piece.Ended;
import dev.workpool.job.Outcome;
import dev.workpool.settings.KeptOutcomes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Decides what becomes of jobs by their outcomes: which are over, which are tried again, which others may run. Encodes
 * results, and so calls users' code: on the feeder's thread or on those of callbacks. Immutable.
 */
final class Settler {
    private final RetryPlan retries;
    private final Optional<JobCodec<Object>> resultCodec;
    private final boolean isTransactional;
    private final boolean canHalt;

    /**
     * A settler.
     *
     * @param canHalt whether the pool may cancel jobs by the policy of their batch
     */
    Settler(RetryPlan retries, Optional<JobCodec<Object>> resultCodec, boolean isTransactional, boolean canHalt) {
        this.retries = retries;
        this.resultCodec = resultCodec;
        this.isTransactional = isTransactional;
        this.canHalt = canHalt;
    }

    /** What has become of some jobs of a segment; at least one. */
    Part part(Held<?> held, JobBlock block, List<Ended> ended, long releasedInMs) {
        Sorting sorting = new Sorting(held, block);
        ended.forEach(sorting::add);
        return sorting.part(releasedInMs);
    }

    /** Sorts the outcomes of one part. */
    private final class Sorting {
        private final Held<?> held;
        private final JobBlock block;
        private final KeptOutcomes kept;
        private final long first;
        private final BitSet all = new BitSet();
        private final BitSet released = new BitSet();
        private final Map<Integer, List<StoredOutcome>> failures = new TreeMap<>();
        private final Map<Integer, BitSet> retried = new TreeMap<>();
        private final Map<Integer, Long> delays = new TreeMap<>();
        private final List<StoredOutcome> outcomes = new ArrayList<>();
        private final List<Dead> dead = new ArrayList<>();
        private long succeeded;
        private long failed;
        private long timedOut;
        private long cancelled;
        private long lowest = Long.MAX_VALUE;
        private boolean hasHalted;

        Sorting(Held<?> held, JobBlock block) {
            this.held = held;
            this.block = block;
            this.kept = held.claimed.kept();
            this.first = held.claimed.firstJob();
        }

        void add(Ended ended) {
            int place = (int) (ended.number() - first);
            Outcome<?> outcome = ended.outcome();
            all.set(place);
            if (outcome instanceof Outcome.Succeeded<?> success) {
                succeeded(ended.number(), place, success);
            } else if (outcome instanceof Outcome.Cancelled) {
                cancelled(ended, place);
            } else if (outcome instanceof Outcome.Rejected) {
                released.set(place);
            } else {
                failed(ended.number(), place, outcome);
            }
        }

        private void succeeded(long number, int place, Outcome.Succeeded<?> success) {
            byte[] value = null;
            if (kept == KeptOutcomes.ALL && resultCodec.isPresent() && success.value() != null) {
                try {
                    value = resultCodec.get().encode(success.value());
                } catch (Throwable e) { // users' code; whatever it throws, the job needs an outcome
                    failed(
                            number,
                            place,
                            new Outcome.Failed<>(new UnstorableResult(resultCodec.get(), e), success.attempts()));
                    return;
                }
            }
            succeeded++;
            over(number);
            if (kept == KeptOutcomes.ALL || isTransactional) {
                outcomes.add(StoredOutcome.succeeded(index(number, place), attempts(success.attempts()), value));
            }
        }

        private void cancelled(Ended ended, int place) {
            long number = ended.number();
            boolean isWanted = !held.isCancelled(number);
            if (isWanted && ended.failedAttempts() > 0 && retries.countsAttempts()) {
                triedAgain(place, attempts(ended.failedAttempts()));
            } else if (isWanted && (ended.failedAttempts() > 0 || held.isForOthers() || !canHalt)) {
                released.set(place);
            } else {
                hasHalted |= isWanted;
                cancelled++;
                over(number);
                outcomes.add(StoredOutcome.cancelled(
                        index(number, place), attempts(ended.outcome().attempts())));
            }
        }

        /** After a wait that begins anew, since how much of it is over is not known. */
        private void triedAgain(int place, int attempts) {
            retried.computeIfAbsent(attempts, key -> new BitSet()).set(place);
            delays.computeIfAbsent(attempts, key -> retries.delayMs(attempts, RandomGenerator.getDefault()));
        }

        private void failed(long number, int place, Outcome<?> outcome) {
            if (outcome.problem().orElseThrow() instanceof StoreAway && !held.isCancelled(number)) {
                released.set(place); // no fault of its own
                return;
            }
            int attempts = attempts(outcome.attempts());
            Outcome<?> counted = outcome instanceof Outcome.TimedOut<?> late
                    ? new Outcome.TimedOut<>(late.timeout(), attempts)
                    : new Outcome.Failed<>(outcome.problem().orElseThrow(), attempts);
            StoredOutcome stored = counted instanceof Outcome.TimedOut<?> late
                    ? StoredOutcome.timedOut(index(number, place), attempts, late.timeout())
                    : StoredOutcome.failed(
                            index(number, place),
                            attempts,
                            ErrorText.of(counted.problem().orElseThrow()));
            boolean mayBeTriedAgain =
                    !held.isCancelled(number) && !isForGood(outcome.problem().orElseThrow());
            if (mayBeTriedAgain && retries.isTriedAgain(counted)) {
                triedAgain(place, attempts);
                failures.computeIfAbsent(attempts, key -> new ArrayList<>()).add(stored);
                return;
            }
            if (counted instanceof Outcome.TimedOut) {
                timedOut++;
            } else {
                failed++;
            }
            over(number);
            outcomes.add(stored);
            if (held.isCancelled(number)) {
                return; // it might have been tried again, and nobody wants it any more
            }
            dead.add(new Dead(stored, place < block.size() ? block.job(place) : new byte[0]));
        }

        /** Whether another attempt would be in vain. */
        private boolean isForGood(Throwable problem) {
            return problem instanceof UnstorableResult
                    || problem instanceof UndecodableJob
                    || problem instanceof DamagedBlock;
        }

        private int attempts(int here) {
            return held.claimed.attempts() + here;
        }

        private long index(long number, int place) {
            return place < block.size() ? block.index(first, place) : number;
        }

        private void over(long number) {
            lowest = Math.min(lowest, number);
        }

        Part part(long releasedInMs) {
            outcomes.sort((a, b) -> Long.compare(a.index(), b.index()));
            List<Retry> again = new ArrayList<>();
            retried.forEach((attempts, places) -> {
                List<StoredOutcome> failed = failures.getOrDefault(attempts, new ArrayList<>());
                failed.sort((a, b) -> Long.compare(a.index(), b.index()));
                again.add(new Retry(JobSet.of(first, places), attempts, delays.get(attempts), failed));
            });
            return new Part(
                    JobSet.of(first, all),
                    lowest,
                    new OutcomeCounts(succeeded, failed, timedOut, cancelled),
                    outcomes,
                    again,
                    released.isEmpty() ? List.of() : List.of(JobSet.of(first, released)),
                    releasedInMs,
                    dead,
                    hasHalted);
        }
    }
}
