package dev.workpool.cli.operation;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Result;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.Tuner;

/** What {@code workpool run} does with each input, and {@code workpool tune} over and over. */
public sealed interface Operation permits RemoteOperation, DryRunOperation {

    /**
     * Starts a pool whose handler does it.
     *
     * @param halting guards a handler that must not begin a job more once the run was halted
     */
    WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings, Halting halting);

    /**
     * A tuner of it.
     *
     * @param jobs a new job each time
     */
    Tuner<Job> tuner(Iterable<Job> jobs);

    /** The settings of pools whose handler does it, made of those that the user has chosen. */
    default WorkerPoolSettings settings(WorkerPoolSettings chosen) {
        return chosen;
    }

    /** What it is, as the command line's option says it. */
    String asOption();

    /** Whether an input names a file or folder, so that folders are to be walked. */
    default boolean takesFiles() {
        return false;
    }

    /**
     * How many jobs may have been read and not been shown. Large enough that workers never wait for the reader, and
     * small enough that a list of any length needs little memory.
     */
    default int window(int workers) {
        return Math.max(1000, 4 * workers);
    }

    /** How many files a job has open at a time, about. */
    default int openFiles() {
        return 1;
    }

    /**
     * Whether what a job has started must have ended before the job has, also when it has timed out. Its handler then returns in any
     * case.
     */
    default boolean leavesNothing() {
        return false;
    }

    /** Has lines of output shown before their job has ended, from the next job on, if there are any. */
    default void showLinesOn(LineOutput output) {}

    /** Ends at once whatever a second Ctrl-C must not leave behind. */
    default void kill() {}
}
