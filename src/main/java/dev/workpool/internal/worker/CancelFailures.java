package dev.workpool.internal.worker;

import dev.workpool.internal.slice.Label;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SafeLog;
import dev.workpool.job.JobContext;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the {@link JobContext#onCancel} actions of a pool's jobs have thrown and nobody has logged yet. A database that is gone fails those of all
 * workers at a time, so they are counted. Thread-safe; guarded by this.
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
     * @param warnings has a warning written soon, but not too often, on a thread that may run users' code; returns at once
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
        warnings.accept(this::write);
    }

    private void write() {
        int failures;
        Throwable sample;
        Label batch;
        synchronized (this) {
            failures = count;
            sample = first;
            batch = label;
            count = 0;
            first = null;
            label = null;
        }
        if (failures > 0) {
            String of = batch == null ? "" : " of " + batch;
            boolean own = Interrupts.own();
            SafeLog.error(
                    LOG,
                    "Pool '" + pool + "': "
                            + (failures == 1
                                    ? "an onCancel action of a job" + of + " has failed"
                                    : failures + " onCancel actions of jobs have failed; this is the first, of a job"
                                            + of),
                    sample);
            Interrupts.clearUnless(own); // to be read for the log is users' code, too
        }
    }
}
