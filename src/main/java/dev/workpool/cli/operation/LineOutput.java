package dev.workpool.cli.operation;

import dev.workpool.cli.job.Job;
import java.io.InputStream;

/** Shows lines of commands that run still. Thread-safe. */
public interface LineOutput {

    /** Whether it is a job's turn; until then its lines wait. Once it is, it stays so. */
    boolean isTurn(Job job);

    /**
     * Shows whole lines. Blocks as long as that takes.
     *
     * @param error whether they belong on standard error
     */
    void show(InputStream lines, boolean error);
}
