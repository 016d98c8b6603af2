package dev.workpool.cli;

import dev.workpool.WorkerPool;
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

    private final WorkerPool<Job, Result> pool;
    private final InputSource source;
    private final Intake intake;
    private final Order order;
    private final Output output;
    private final Stop stop;
    private final Duration patience;

    /** What is to be done next, all of it on the executing thread. As many as the window allows, and a few. */
    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();

    private final Tally tally = new Tally();
    private long total = UNKNOWN;
    private boolean inputLost;
    private boolean stopping;
    private long stoppedAt;
    private long flushedAt = System.nanoTime();

    /**
     * A run that is yet to be executed.
     *
     * @param window how many jobs may have been read and not been shown
     * @param patience how long to wait, once the pool was aborted, for outcomes that do not come
     */
    Run(
            WorkerPool<Job, Result> pool,
            InputSource source,
            int window,
            Order order,
            Output output,
            Stop stop,
            Duration patience) {
        this.pool = pool;
        this.source = source;
        this.order = order;
        this.output = output;
        this.stop = stop;
        this.patience = patience;
        this.intake = new Intake(
                source,
                pool,
                window,
                ending -> steps.add(() -> onEnding(ending)),
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
        output.say(tally.sum((System.nanoTime() - began) / 1e9) + skipped());
        return stop.status().orElse(tally.allSucceeded() && !inputLost ? ExitStatus.OK : ExitStatus.FAILED);
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
    }

    private void onStop() {
        total = intake.close();
        stopping = true;
        stoppedAt = System.nanoTime();
        pool.abort();
    }

    /** The pool owes outcomes that are not coming. It should not happen, and must not hang anybody. */
    private void giveUp() {
        output.say("%d jobs were cancelled and have not ended".formatted(total - tally.done()));
        while (tally.done() < total) {
            tally.add(Ending.Kind.CANCELLED);
        }
    }
}
