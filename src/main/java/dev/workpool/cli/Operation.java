package dev.workpool.cli;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;

/** What {@code workpool run} does with each input. */
sealed interface Operation permits Sha256Operation, ExecOperation, GetOperation {

    /** Starts a pool whose handler does it. */
    WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings);

    /** What it is, as the command line's option says it. */
    String asOption();

    /** Whether an input names a file or folder, so that folders are to be walked. */
    default boolean takesFiles() {
        return false;
    }

    /**
     * How many jobs may be between being read and being written. Large enough that workers never wait for the reader, and
     * small enough that a list of any length needs little memory.
     */
    default int window(int workers) {
        return Math.max(1000, 4 * workers);
    }

    /** Ends at once whatever a second Ctrl-C must not leave behind. */
    default void kill() {}
}
