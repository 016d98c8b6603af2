package dev.workpool.internal.batch;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.request.Request;
import dev.workpool.settings.BatchOptions;

/** Jobs that were submitted together: all at once as a batch, or as they are taken from a source as a stream. */
public interface Submission {
    /**
     * How the jobs are to be run.
     *
     * @return the options
     */
    BatchOptions options();

    /** {@return how logs and people call it} */
    Label label();

    /**
     * Which one it is.
     *
     * @return its number in the pool; 0 until it is accepted. For the dispatcher
     */
    long number();

    /**
     * Cancels a submission.
     *
     * @param submission which
     * @param running whether its jobs that run, too
     */
    record Cancel<J, R>(Submission submission, boolean running) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // Its jobs have their outcomes already: every job of a pool has when the pool is gone.
        }
    }

    /**
     * Cancels one job of a submission, and leaves the others alone.
     *
     * @param submission which
     * @param index how many of its jobs were submitted before it
     */
    record CancelJob<J, R>(Submission submission, long index) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // As above.
        }
    }

    /**
     * Asks for a batch's first success, if it is not complete: who is told is in the batch.
     *
     * @param batch which
     */
    record AwaitSuccess<J, R>(Submission batch) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // Its result tells.
        }
    }

    /**
     * Cancels all submissions of a name, and their jobs that run.
     *
     * @param name see {@link BatchOptions#name}
     */
    record CancelNamed<J, R>(String name) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            // As above.
        }
    }
}
