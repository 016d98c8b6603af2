package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.collector.PackedOutcomes;
import dev.workpool.internal.util.PagedList;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.util.OptionalInt;

/** Keeps the outcomes of a batch whose jobs are all known, delivers them, and completes the batch once. */
public final class BatchLedger<J, R> implements Ledger<R> {
    private final BatchSubmission<J, R> submission;

    /** As {@link PackedOutcome}. */
    private final PagedList<Object> pagedList;

    private final Counts counts = new Counts();
    private int open;

    private final HaltCause haltCause;

    /** Whether somebody is to be told the first success, and has not been. */
    private boolean successAwaited;

    public BatchLedger(BatchSubmission<J, R> submission) {
        this.submission = submission;
        this.pagedList = new PagedList<>(submission.size());
        this.open = pagedList.size();
        this.haltCause = new HaltCause(submission.options().halt());
    }

    @Override
    public void acknowledge(long first, Outcomes<R> arrived) {
        enter((int) first, arrived.size(), arrived, null);
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        enter((int) first, (int) count, null, PackedOutcome.of(outcome));
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        settle(0, pagedList.size(), outcome);
    }

    @Override
    public boolean isOpen(long index) {
        return pagedList.get((int) index) == null;
    }

    @Override
    public BatchProgress progress() {
        return counts.progress(pagedList.size());
    }

    private void enter(int first, int count, Outcomes<R> arrived, Object same) {
        if (open == 0) {
            return;
        }
        BatchProgress before = progress();
        int end = first + count;
        for (int from = first; from < end; ) {
            int to = Math.min(end, pagedList.pageEnd(from));
            enterOnPage(from, to, first, arrived, same);
            from = to;
        }
        BatchProgress progress = progress();
        haltCause.arrived(before, progress, first, end, pagedList::get);
        submission.publish(progress);
        if (successAwaited) {
            tellSuccess(first, end);
        }
        if (open == 0) {
            OptionalInt haltedBy = haltCause.index();
            submission
                    .receiver()
                    .complete(() -> BatchResult.ofCounted(new PackedOutcomes<>(pagedList), progress, haltedBy));
        }
    }

    @Override
    public void awaitSuccess() {
        successAwaited = true;
        if (progress().succeeded() > 0) {
            tellSuccess(0, pagedList.size());
        }
    }

    /** Tells whoever waits for it a success among some jobs, if there is one. */
    private void tellSuccess(int from, int to) {
        for (int i = from; i < to && successAwaited; i++) {
            Object packedOutcome = pagedList.get(i);
            if (packedOutcome != null
                    && PackedOutcome.<R>outcome(packedOutcome) instanceof Outcome.Succeeded<R> succeeded) {
                successAwaited = false;
                submission.firstSuccess(succeeded);
            }
        }
    }

    /**
     * Enters {@code arrived}, whose first is that of job {@code first}, or the same outcome for all where that is null.
     * Runs of new ones are delivered together.
     */
    private void enterOnPage(int from, int to, int first, Outcomes<R> arrived, Object same) {
        int start = PagedList.pageStart(from);
        Object[] page = pagedList.page(from);
        if (page == null) {
            int length = pagedList.pageEnd(from) - start;
            if (arrived != null && first == start && arrived.size() == length && arrived.whole() != null) {
                adopt(from, arrived);
                return;
            }
            page = new Object[length];
            pagedList.setPage(from, page);
        }
        int newFrom = from;
        for (int i = from; i < to; i++) {
            if (page[i - start] == null) {
                Object packedOutcome = arrived == null ? same : arrived.packedOutcome(i - first);
                page[i - start] = packedOutcome;
                counts.add(packedOutcome);
                open--;
            } else {
                deliver(newFrom, i);
                newFrom = i + 1;
            }
        }
        deliver(newFrom, to);
    }

    /** A chunk that fills a page needs no copying, nor a look at what is all alike; of cheap jobs many do. */
    private void adopt(int from, Outcomes<R> arrived) {
        pagedList.setPage(from, arrived.whole());
        if (arrived.allSucceeded()) {
            counts.addSuccesses(arrived.size());
        } else {
            for (int i = 0; i < arrived.size(); i++) {
                counts.add(arrived.packedOutcome(i));
            }
        }
        open -= arrived.size();
        deliver(from, from + arrived.size());
    }

    private void deliver(int begin, int end) {
        // Where it is told, the pages are seen as they are now for these jobs, whose outcomes never change.
        submission.receiver().deliver(begin, end, index -> PackedOutcome.outcome(pagedList.get(index)));
    }
}
