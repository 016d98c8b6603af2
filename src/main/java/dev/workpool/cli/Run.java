package dev.workpool.cli;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One run from the first input to the line that sums it up. The thread that executes it shows all outcomes; inputs are read
 * on another, and jobs run on the pool's.
 */
final class Run {
    private static final Duration FLUSH_AFTER = Duration.ofMillis(20);
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final Jobs jobs;
    private final InputSource source;
    private final Intake intake;
    private final Order order;
    private final Output output;
    private final Stop stop;
    private final Halting halting;
    private final Duration patience;

    /** What is to be done next, all of it on the executing thread. As many as the window allows, and a few. */
    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();

    /** What has been shown. */
    private final Tally tally = new Tally();

    private long total = UNKNOWN;
    private boolean inputLost;
    private boolean halted;
    private boolean finishing;
    private boolean stopping;
    private long stoppedAt;
    private long flushedAt = System.nanoTime();

    /**
     * A run that is yet to be executed.
     *
     * @param window how many jobs may have been read and not been shown
     * @param halting when to end before all jobs have run
     * @param patience how long to wait, once the pool was aborted, for outcomes that do not come
     */
    Run(
            Jobs jobs,
            InputSource source,
            int window,
            Order order,
            Output output,
            Stop stop,
            Halting halting,
            Duration patience) {
        this.jobs = jobs;
        this.source = source;
        this.order = order;
        this.output = output;
        this.stop = stop;
        this.halting = halting;
        this.patience = patience;
        this.intake = new Intake(
                source,
                jobs,
                window,
                ending -> {
                    halting.ended(ending.job(), ending.kind()); // here, before its worker can begin another
                    steps.add(() -> onEnding(ending));
                },
                error -> steps.add(() -> onEndOfInput(error)));
    }

    /** Runs all jobs. Blocks until the last outcome was shown, and returns the exit status. */
    int execute() throws InterruptedException {
        long began = System.nanoTime();
        stop.onRequest(() -> steps.add(this::onStop));
        try {
            intake.start();
            while (tally.done() < total) {
                step();
            }
            output.finish();
        } finally {
            intake.close();
        }
        output.say(tally.sum((System.nanoTime() - began) / 1e9)
                + skipped()
                + (halted ? "; halted: " + halting.halt().text() : ""));
        return stop.status().orElse(isSuccess() ? ExitStatus.OK : ExitStatus.FAILED);
    }

    private boolean isSuccess() {
        return !inputLost && (halted ? halting.halt().isSuccess(tally) : tally.allSucceeded());
    }

    private String skipped() {
        long skipped = source.skipped();
        return skipped == 0 ? "" : "; skipped " + skipped + " that the job log shows as done";
    }

    /** Takes one step, and sees to it that what has been shown is not kept back for long. */
    private void step() throws InterruptedException {
        Runnable step = steps.poll(FLUSH_AFTER.toMillis(), TimeUnit.MILLISECONDS);
        long now = System.nanoTime();
        if (step == null || now - flushedAt > FLUSH_AFTER.toNanos()) {
            output.flush();
            flushedAt = now;
        }
        if (step == null && finishing) {
            jobs.countRunning(running -> steps.add(() -> onRunning(running)));
        }
        if (step == null) {
            step = stopping ? steps.poll(patience.toMillis(), TimeUnit.MILLISECONDS) : steps.take();
        }
        if (step != null) {
            step.run();
        } else if (System.nanoTime() - stoppedAt > patience.toNanos()) {
            giveUp();
        }
    }

    private void onEnding(Ending ending) {
        order.add(ending);
        haltIfItIsTime();
        for (Ending next = order.poll(); next != null; next = order.poll()) {
            output.show(next);
            tally.add(next.kind());
            intake.shown();
        }
        output.progress(tally, total == UNKNOWN ? source.total() : total);
    }

    private void onEndOfInput(Throwable error) {
        total = intake.accepted();
        if (error != null) {
            inputLost = true;
            output.say("reading inputs: " + Messages.why(error));
        }
        halting.totalIs(total);
        haltIfItIsTime();
    }

    private void haltIfItIsTime() {
        if (halted || stopping || !halting.isReached()) {
            return;
        }
        halted = true;
        if (halting.halt().when() == Halt.When.NOW) {
            onStop();
        } else {
            total = intake.close();
            finishing = true;
            jobs.pause();
        }
    }

    /** What was running has ended; what has not begun, or waits for another attempt, never will. */
    private void onRunning(long running) {
        if (running == 0 && !stopping) {
            onStop();
        }
    }

    private void onStop() {
        total = intake.close();
        finishing = false;
        stopping = true;
        stoppedAt = System.nanoTime();
        jobs.abort();
    }

    /** The pool owes outcomes that are not coming. It should not happen, and must not hang anybody. */
    private void giveUp() {
        output.say("%d jobs were cancelled and have not ended".formatted(total - tally.done()));
        while (tally.done() < total) {
            tally.add(Ending.Kind.CANCELLED);
        }
    }
}
