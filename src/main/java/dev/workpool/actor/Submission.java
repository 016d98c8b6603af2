package dev.workpool.actor;

import dev.workpool.BatchOptions;
import java.util.function.Predicate;

/** Jobs that were submitted together: all at once as a batch, or as they are taken from a source as a stream. */
public interface Submission {
    /**
     * How the jobs are to be run.
     *
     * @return the options
     */
    BatchOptions<?> options();

    /**
     * Cancels submissions.
     *
     * @param which those for which it is true
     * @param running whether their jobs that run, too
     */
    record Cancel<J, R>(Predicate<Submission> which, boolean running) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // Their jobs have their outcomes already: every job of a pool has when the pool is gone.
        }
    }
}
