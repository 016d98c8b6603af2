package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.BatchResult;
import dev.workpool.Outcome;

/** The account of a batch whose jobs are all known: fills in the outcomes, delivers them, and completes the batch once. */
final class BatchLedger<J, R> implements Ledger<R> {
    private final BatchSubmission<J, R> submission;

    /** As {@link Kept}. */
    private final Pages<Object> pages;

    private final Counts counts = new Counts();
    private int open;

    BatchLedger(BatchSubmission<J, R> submission) {
        this.submission = submission;
        this.pages = new Pages<>(submission.size());
        this.open = pages.size();
    }

    @Override
    public void acknowledge(long first, Outcomes<R> arrived) {
        enter((int) first, arrived.size(), arrived, null);
    }

    @Override
    public void settle(long first, long count, Outcome<R> outcome) {
        enter((int) first, (int) count, null, Kept.of(outcome));
    }

    @Override
    public void settleRest(Outcome<R> outcome) {
        settle(0, pages.size(), outcome);
    }

    @Override
    public boolean isOpen(long index) {
        return pages.get((int) index) == null;
    }

    @Override
    public BatchProgress progress() {
        return counts.progress(pages.size());
    }

    private void enter(int first, int count, Outcomes<R> arrived, Object same) {
        if (open == 0) {
            return;
        }
        int end = first + count;
        for (int from = first; from < end; ) {
            int to = Math.min(end, pages.pageEnd(from));
            enterOnPage(from, to, first, arrived, same);
            from = to;
        }
        BatchProgress progress = progress();
        submission.publish(progress);
        if (open == 0) {
            submission.receiver().complete(() -> BatchResult.ofCounted(new KeptList<>(pages), progress));
        }
    }

    /**
     * Enters {@code arrived}, whose first is that of job {@code first}, or the same outcome for all where that is null. Runs of new
     * ones are delivered together.
     */
    private void enterOnPage(int from, int to, int first, Outcomes<R> arrived, Object same) {
        int start = Pages.pageStart(from);
        Object[] page = pages.page(from);
        if (page == null) {
            int length = pages.pageEnd(from) - start;
            if (arrived != null && first == start && arrived.size() == length && arrived.whole() != null) {
                adopt(from, arrived);
                return;
            }
            page = new Object[length];
            pages.setPage(from, page);
        }
        int newFrom = from;
        for (int i = from; i < to; i++) {
            if (page[i - start] == null) {
                Object kept = arrived == null ? same : arrived.kept(i - first);
                page[i - start] = kept;
                counts.add(kept);
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
        pages.setPage(from, arrived.whole());
        if (arrived.allSucceeded()) {
            counts.addSuccesses(arrived.size());
        } else {
            for (int i = 0; i < arrived.size(); i++) {
                counts.add(arrived.kept(i));
            }
        }
        open -= arrived.size();
        deliver(from, from + arrived.size());
    }

    private void deliver(int begin, int end) {
        // Where it is told, the pages are seen as they are now for these jobs, whose outcomes never change.
        submission.receiver().deliver(begin, end, index -> Kept.outcome(pages.get(index)));
    }
}
