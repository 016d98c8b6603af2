package dev.workpool.internal.worker;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SafeLog;
import dev.workpool.job.JobContext;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the exceptions of a pool's {@link JobContext#onCancel} actions that are not logged yet. A database that is
 * gone fails the actions of all workers at once, so they are summed up. Thread-safe; guarded by this.
 */
public final class CancelFailures {
    private static final Logger LOG = LoggerFactory.getLogger(CancelFailures.class);

    private final String pool;
    private final Consumer<Runnable> warnings;

    private int count;
    private Throwable first;

    /** Of the job whose action was the first to fail. */
    private Label label;

    /**
     * For one pool.
     *
     * @param pool its name
     * @param warnings has a warning written soon, but not too often, on a thread that may run users' code; returns at
     *     once
     */
    public CancelFailures(String pool, Consumer<Runnable> warnings) {
        this.pool = pool;
        this.warnings = warnings;
    }

    /**
     * An action has failed.
     *
     * @param thrown what it threw
     * @param batch of its job; null for a job by itself
     */
    void add(Throwable thrown, Label batch) {
        synchronized (this) {
            if (count++ > 0) {
                return; // the warning that is due counts it
            }
            first = thrown;
            label = batch;
        }
        try {
            warnings.accept(this::write);
        } catch (Throwable t) { // there is no memory, say; the next failure asks again
            synchronized (this) {
                count = 0;
            }
            throw t;
        }
    }

    /**
     * What a warning is about.
     *
     * @param count how many
     * @param first what the first action threw
     * @param batch of its job, or null
     */
    private record Counted(int count, Throwable first, Label batch) {}

    /** What is not written yet, which counts as written from now on. */
    private synchronized Counted take() {
        Counted counted = new Counted(count, first, label);
        count = 0;
        first = null;
        label = null;
        return counted;
    }

    private void write() {
        Counted failures = take();
        if (failures.count > 0) {
            String of = failures.batch == null ? "" : " of " + failures.batch;
            String what = failures.count == 1
                    ? "an onCancel action of a job" + of + " has failed"
                    : failures.count + " onCancel actions of jobs have failed; this is the first, of a job" + of;
            boolean own = Interrupts.own();
            SafeLog.error(LOG, "Pool '" + pool + "': " + what, failures.first);
            Interrupts.clearUnless(own); // to be read for the log is users' code, too
        }
    }
}
