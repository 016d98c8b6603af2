package dev.workpool;

import dev.workpool.job.BatchProgress;
import java.util.ArrayList;
import java.util.List;

/** Says how many jobs have ended, and how, for a person. */
final class EndedJobs {
    private EndedJobs() {}

    /** {@return such as "3 of 10 jobs ended: 1 succeeded, 2 rejected"} */
    static String text(BatchProgress progress) {
        List<String> kinds = new ArrayList<>();
        add(kinds, progress.succeeded(), "succeeded");
        add(kinds, progress.failed(), "failed");
        add(kinds, progress.timedOut(), "timed out");
        add(kinds, progress.cancelled(), "cancelled");
        add(kinds, progress.rejected(), "rejected");
        return progress.done() + " of " + progress.total() + " jobs ended"
                + (kinds.isEmpty() ? "" : ": " + String.join(", ", kinds));
    }

    private static void add(List<String> kinds, long jobs, String kind) {
        if (jobs > 0) {
            kinds.add(jobs + " " + kind);
        }
    }
}
