package dev.workpool.cli.queue.work;

import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.ExecOperation;
import dev.workpool.cli.operation.ShellCommand;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/**
 * Runs commands of a queue, and knows how many run. Thread-safe.
 *
 * <p>Ctrl-C at a terminal reaches the commands as well as this process, and so may a signal to a whole service. So what fails once the
 * work is to end may have failed for that reason: its handler waits to be cancelled, and the job is given back instead of buried.
 */
final class CommandRunner {
    private final String shell;
    private final ExecOperation operation;

    /** Guarded by this, as below. */
    private int running;

    private int waiting;
    private boolean isEnding;
    private Runnable onOnlyWaiting = () -> {};

    /**
     * A runner.
     *
     * @param shell what runs the commands
     * @param tag whether each line of output begins with the input
     * @param settings those that the user has chosen
     */
    CommandRunner(String shell, boolean tag, WorkerPoolSettings settings) {
        this.shell = shell;
        this.operation = new ExecOperation(new ShellCommand(":", shell, -1, ""), tag);
        operation.settings(settings); // how long a command may take to end
    }

    /** Handles a job. Gives no result: the job has it. */
    Result run(QueuedCommand queued, JobContext context) throws Exception {
        enter();
        try {
            return operation.with(queued.forShell(shell)).run(queued.job(), context);
        } catch (JobFailure e) {
            if (isEnding()) {
                awaitCancellation(context);
            }
            throw e;
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        running++;
    }

    private void leave() {
        synchronized (this) {
            running--;
        }
        tellIfOnlyWaiting();
    }

    private synchronized boolean isEnding() {
        return isEnding;
    }

    private void awaitCancellation(JobContext context) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        context.onCancel(cancelled::countDown);
        synchronized (this) {
            waiting++;
        }
        try {
            tellIfOnlyWaiting();
            cancelled.await();
        } finally {
            synchronized (this) {
                waiting--;
            }
        }
        throw new CancellationException("given back");
    }

    /**
     * The work is to end: from now on what fails is given back.
     *
     * @param whenOnlyWaiting called when no command runs any more, and handlers wait to be cancelled; perhaps more than once
     */
    void end(Runnable whenOnlyWaiting) {
        synchronized (this) {
            isEnding = true;
            onOnlyWaiting = whenOnlyWaiting;
        }
        tellIfOnlyWaiting();
    }

    /** How many commands run. */
    synchronized int running() {
        return running - waiting;
    }

    private void tellIfOnlyWaiting() {
        Runnable action;
        synchronized (this) {
            if (!isEnding || waiting == 0 || running > waiting) {
                return;
            }
            action = onOnlyWaiting;
        }
        action.run();
    }

    /** Ends at once all commands that run. */
    void kill() {
        operation.kill();
    }
}
