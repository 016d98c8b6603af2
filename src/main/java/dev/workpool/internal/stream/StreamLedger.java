package dev.workpool.internal.stream;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;

/**
 * Keeps the jobs of a stream that are granted and have no outcome yet, and hands each outcome on as soon as it is
 * final. Complete once the input has ended and every job of it has its outcome.
 */
public final class StreamLedger<J, R> implements Ledger<R> {
    private static final long UNKNOWN = -1;

    private final StreamSubmission<J, R> submission;
    private final OutcomeSink<R> outcomeSink;

    /**
     * Jobs by the index of the first in their segment. The dispatcher adds, before it grants; everything else is the
     * ledger's owner's.
     */
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();

    private final Counts counts = new Counts();
    private long settled;
    private long total = UNKNOWN;

    /** Tells the dispatcher which jobs are settled, if that makes others ready; else null. */
    private final Queue<Settled> news;

    /** Written by the ledger's owner, read by the dispatcher. */
    private volatile boolean complete;

    /**
     * An empty account.
     *
     * @param submission the stream
     * @param callbacks runs users' code
     */
    public StreamLedger(StreamSubmission<J, R> submission, Executor callbacks) {
        this.submission = submission;
        OutcomeSink<R> inTurn =
                submission.streamOptions().isOrdered() ? new ReorderBuffer<>(this::deliver) : this::deliver;
        this.outcomeSink = submission
                .streamOptions()
                .observer()
                .<OutcomeSink<R>>map(observer -> new Observation<>(
                        observer, submission.contexts(), inTurn, callbacks, submission::observerHasFailed))
                .orElse(inTurn);
        this.news = submission.keyQueues() == null ? null : new ConcurrentLinkedQueue<>();
    }

    /**
     * Neighbouring jobs have their outcomes.
     *
     * @param first index of the first
     * @param count how many
     * @param failed which of them, counted from the first, did not succeed
     */
    record Settled(long first, int count, BitSet failed) {}

    /** The next news, or null. For the dispatcher. */
    Settled pollSettled() {
        return news.poll();
    }

    /** Jobs of a segment are about to be granted. For the dispatcher. */
    void open(Segment segment) {
        segments.put(segment.base, segment);
    }

    /** A job that has no outcome, for another attempt; null if it has. For the dispatcher. */
    Object job(long index) {
        Segment segment = segment(index);
        return segment == null ? null : segment.jobs[(int) (index - segment.base)];
    }

    private Segment segment(long index) {
        Map.Entry<Long, Segment> entry = segments.floorEntry(index);
        return entry != null && entry.getValue().contains(index) ? entry.getValue() : null;
    }

    boolean isComplete() {
        return complete;
    }

    @Override
    public void acknowledge(long first, Outcomes<R> outcomes) {
        Segment segment = segment(first);
        if (segment != null) {
            int begin = (int) (first - segment.base);
            enter(segment, begin, outcomes);
            forget(segment, begin, outcomes);
        }
    }

    /** Lets go of jobs that no worker is ever going to look at again, as it might at one that it was made to leave. */
    private static void forget(Segment segment, int begin, Outcomes<?> outcomes) {
        if (outcomes.allSucceeded()) {
            Arrays.fill(segment.jobs, begin, begin + outcomes.size(), null);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            if (!(outcomes.packedOutcome(i) instanceof PackedOutcome packedOutcome)
                    || hasReturned(packedOutcome.outcome())) {
                segment.jobs[begin + i] = null;
            }
        }
    }

    private static boolean hasReturned(Outcome<?> outcome) {
        return outcome instanceof Outcome.Succeeded || outcome instanceof Outcome.Failed;
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        Segment segment = segment(first);
        if (segment != null) {
            Object[] all = new Object[(int) count];
            Arrays.fill(all, PackedOutcome.of(outcome));
            enter(segment, (int) (first - segment.base), new Outcomes<>(all, all.length, false));
        }
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        segments.forEach((first, segment) -> settle(first, Math.min(segment.size(), total - first), outcome));
    }

    @Override
    public boolean isOpen(long index) {
        Segment segment = segment(index);
        return segment != null && segment.isOpen((int) (index - segment.base));
    }

    @Override
    public void endOfInput(long total) {
        this.total = total;
        completeIfDone();
    }

    @Override
    public BatchProgress progress() {
        return counts.progress(submission.streamBuffer().taken());
    }

    /** Outcomes come in chunks, and a chunk never spans two segments. What is new of it goes on in runs. */
    private void enter(Segment segment, int begin, Outcomes<R> arrived) {
        int end = begin + arrived.size();
        int from = segment.nextOpen(begin, end);
        while (from < end) {
            int to = segment.nextSettled(from, end);
            pass(segment, from, to, arrived.part(from - begin, to - begin));
            from = segment.nextOpen(to, end);
        }
        if (segment.isSettled()) {
            segments.remove(segment.base);
        }
        completeIfDone();
    }

    private void pass(Segment segment, int from, int to, Outcomes<R> outcomes) {
        if (outcomes.allSucceeded()) {
            counts.addSuccesses(outcomes.size());
        } else {
            for (int i = 0; i < outcomes.size(); i++) {
                counts.add(outcomes.packedOutcome(i));
            }
        }
        segment.settle(from, to);
        settled += to - from;
        submission.publish(progress());
        if (news != null) {
            news.add(news(segment.base + from, outcomes));
        }
        outcomeSink.put(segment.base + from, Arrays.copyOfRange(segment.jobs, from, to), outcomes);
    }

    private Settled news(long first, Outcomes<R> outcomes) {
        BitSet failed = new BitSet();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.packedOutcome(i) instanceof PackedOutcome packedOutcome
                    && !packedOutcome.outcome().isSuccess()) {
                failed.set(i);
            }
        }
        return new Settled(first, outcomes.size(), failed);
    }

    private void deliver(long first, Object[] jobs, Outcomes<R> outcomes) {
        submission.deliver(JobCarrier.unpacking(jobs), outcomes);
    }

    private void completeIfDone() {
        if (settled == total && !complete) {
            complete = true;
            BatchProgress counts = progress();
            outcomeSink.afterAll(() -> submission.complete(counts));
        }
    }
}
