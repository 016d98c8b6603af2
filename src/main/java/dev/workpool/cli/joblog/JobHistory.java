package dev.workpool.cli.joblog;

import dev.workpool.cli.input.InputDigest;
import dev.workpool.cli.job.Ending;
import java.util.Set;

/**
 * Which jobs a job log shows as done, and how often each input has come since. The last line about a job counts. Jobs are
 * told apart by their input, and those of the same input by a number, never by their place in the list: that may change from
 * run to run.
 *
 * <p>In one table, since most inputs are in both. Not thread-safe.
 */
public final class JobHistory {
    private static final int DONE = 1;
    private static final int NOT_DONE = 2;
    private static final int ONCE = 4; // what an occurrence adds, above the two bits

    private final Set<Ending.Kind> done;
    private final DigestTable jobs = new DigestTable();

    /**
     * Knows of no job yet.
     *
     * @param done the outcomes after which a job is done; none if every job is to be run, whatever the log says
     */
    public JobHistory(Set<Ending.Kind> done) {
        this.done = done;
    }

    /** Takes the next line of the log. All of them come before the first input. */
    void add(JobLine line) {
        if (done.isEmpty()) {
            return;
        }
        InputDigest job = InputDigest.of(line.input()).occurrence(Math.max(1, line.occurrence()));
        if (done.contains(line.kind())) {
            jobs.put(job, DONE);
        } else if (jobs.get(job) == DONE) {
            jobs.put(job, NOT_DONE);
        }
    }

    /** Takes the next input: 1 if it is the first of that name, 2 for the next. */
    int occurrence(InputDigest input) {
        int value = jobs.get(input) + ONCE;
        jobs.put(input, value);
        return value / ONCE;
    }

    boolean isDone(InputDigest input, int occurrence) {
        return (jobs.get(input.occurrence(occurrence)) & DONE) != 0;
    }
}
