package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;
import dev.workpool.OutcomeConsumer;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The account of a batch whose jobs are all known: fills in the outcomes, delivers them, and completes the batch once. */
final class BatchLedger<J, R> implements Ledger<R> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLedger.class);

    private final BatchSubmission<J, R> submission;

    /** As {@link Kept}. */
    private final Pages<Object> pages;

    private final Optional<OutcomeConsumer<R>> consumer;
    private final Executor callbacks;

    private final Counts counts = new Counts();
    private int open;

    BatchLedger(BatchSubmission<J, R> submission, Executor callbacks) {
        this.submission = submission;
        this.pages = new Pages<>(submission.size());
        this.open = pages.size();
        this.consumer = submission.options().consumer();
        // What a consumer is told has to come in order, one after another, and before the result.
        this.callbacks = consumer.isPresent() ? new SerialExecutor(callbacks) : submission.callbacks();
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
            callbacks.execute(() -> submission.complete(new KeptList<>(pages), progress));
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
        if (begin < end && consumer.isPresent()) {
            OutcomeConsumer<R> receiver = consumer.get();
            callbacks.execute(() -> {
                boolean own = Interrupts.own();
                for (int i = begin; i < end; i++) {
                    try {
                        receiver.accept(
                                i, Kept.outcome(pages.get(i))); // was set before this was submitted, and never changes
                    } catch (Throwable t) {
                        SafeLog.error(
                                LOG,
                                "The consumer of outcomes of batch '"
                                        + submission.options().id() + "' failed",
                                t);
                    }
                    Interrupts.clearUnless(own);
                }
            });
        }
    }
}
