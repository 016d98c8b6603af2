package dev.workpool.cli.run;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.input.Inputs;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Halt;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.job.Tally;
import dev.workpool.cli.operation.LineOutput;
import dev.workpool.cli.output.Display;
import dev.workpool.cli.output.Output;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;

/**
 * One run from the first input to the line that sums it up. The pool takes the inputs as there is room for them, has each outcome counted
 * when its job has it, and shown when it is its turn.
 */
final class Run {
    private final WorkerPool<Job, Result> pool;
    private final InputSource source;
    private final StreamOptions<Job> options;
    private final Display display;
    private final Stop stop;
    private final Halting halting;
    private final String note;
    private final Duration patience;
    private final boolean quiet;

    /** Guarded by this, as all below. Who has this lock takes no other and waits for nothing; who shows something may take it. */
    private Processing processing;

    private boolean inputEnded;
    private boolean inputLost;
    private boolean halted;
    private boolean stopped;
    private Throwable problem;

    /**
     * A run that is yet to be executed.
     *
     * @param options in which order outcomes are shown, and how many jobs may have been read and not been shown
     * @param halting when to end before all jobs have run
     * @param note what else to say at the end of the line that sums up
     * @param patience how long to wait, once the jobs were cancelled, for outcomes that do not come
     * @param quiet whether the line that sums up is left out
     */
    Run(
            WorkerPool<Job, Result> pool,
            InputSource source,
            StreamOptions<Job> options,
            Output output,
            Stop stop,
            Halting halting,
            String note,
            Duration patience,
            boolean quiet) {
        this.pool = pool;
        this.source = source;
        this.options = options;
        this.display = new Display(output, this::total);
        this.stop = stop;
        this.halting = halting;
        this.note = note;
        this.patience = patience;
        this.quiet = quiet;
    }

    /**
     * Where lines of commands that run still are shown.
     *
     * @param ordered whether only those of the first job whose ending has not been shown
     */
    LineOutput lineOutput(boolean ordered) {
        return new LineOutput() {
            @Override
            public boolean isTurn(Job job) {
                return !ordered || job.position() == display.shown();
            }

            @Override
            public void show(InputStream lines, boolean error) {
                display.show(lines, error);
            }
        };
    }

    /** Runs all jobs. Blocks until the last outcome was shown, and returns the exit status. */
    int execute() throws InterruptedException {
        long began = System.nanoTime();
        begin().result().whenComplete((counts, error) -> onEnd(error));
        stop.onRequest(this::onStop);
        try {
            if (!display.awaitEnd(patience)) {
                display.giveUp(total());
            }
        } finally {
            cancel();
        }
        checkProblem();
        Tally tally = display.finish();
        if (!quiet) {
            display.say(tally.sum((System.nanoTime() - began) / 1e9) + unwritten() + skipped() + halted() + note);
        }
        return stop.status().orElse(isSuccess(tally) ? ExitStatus.OK : ExitStatus.FAILED);
    }

    /** Whoever is called before it has begun waits for that. */
    private synchronized Processing begin() {
        boolean mayHalt = halting.halt().when() != Halt.When.NEVER; // otherwise nobody wants to know before its turn
        processing = pool.process(
                new Inputs(source, this::onEndOfInput),
                mayHalt ? options.withObserver(this::onOutcome) : options,
                this::onTurn);
        return processing;
    }

    /** A job has its outcome, whether or not it is its turn. */
    private void onOutcome(Job job, Outcome<?> outcome) {
        if (halting.isCutShort(outcome)) {
            job.cutShort();
        } else {
            halting.ended(job, Ending.Kind.of(outcome));
        }
        haltIfItIsTime();
    }

    private void onTurn(Job job, Outcome<Result> outcome) {
        display.show(Ending.of(job, outcome));
    }

    private void onEndOfInput(Throwable error) {
        synchronized (this) {
            if (stopped || halted) {
                return; // nobody wants any more, which may well be what the error is about
            }
            inputEnded = true;
            inputLost = error != null;
        }
        if (error != null) {
            display.say("reading inputs: " + Messages.why(error));
        }
        halting.totalIs(total());
        haltIfItIsTime();
    }

    private void haltIfItIsTime() {
        boolean now = halting.halt().when() == Halt.When.NOW;
        synchronized (this) {
            if (halted || stopped || !halting.isReached()) {
                return;
            }
            halted = true;
            if (!now) {
                processing.cancelUnstarted();
            }
        }
        if (now) {
            onStop();
        }
    }

    private void onStop() {
        cancel();
        display.hurry();
    }

    private synchronized void cancel() {
        stopped = true;
        processing.cancel();
    }

    private void onEnd(Throwable error) {
        synchronized (this) {
            problem = error;
        }
        display.end();
    }

    /** The pool has come to an end of its own, or there is a fault of ours. */
    private synchronized void checkProblem() {
        if (problem instanceof RejectedExecutionException) {
            inputLost = true;
            display.say(problem.getMessage());
        } else if (problem != null) {
            throw new IllegalStateException(problem);
        }
    }

    /** How many jobs there will be; −1 as long as nobody knows. */
    private synchronized long total() {
        return inputEnded || halted || stopped ? processing.progress().total() : source.total();
    }

    private synchronized boolean isSuccess(Tally tally) {
        return !inputLost && (halted ? halting.halt().isSuccess(tally) : tally.allSucceeded());
    }

    private String unwritten() {
        int unwritten = stop.status().equals(OptionalInt.of(ExitStatus.BROKEN_PIPE)) ? 0 : display.unwritten();
        return unwritten == 0 ? "" : "; " + unwritten + " results could not be written";
    }

    private String skipped() {
        long skipped = source.skipped();
        return skipped == 0 ? "" : "; skipped " + skipped + " that the job log shows as done";
    }

    private synchronized String halted() {
        return halted ? "; halted: " + halting.halt().text() : "";
    }
}
