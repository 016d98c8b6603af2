package dev.workpool.cli.queue.work;

import dev.workpool.WorkerPool;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.job.Tally;
import dev.workpool.cli.output.Display;
import dev.workpool.cli.output.Output;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.QueueObserver;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkOptions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The work of this process on a queue, from the first job to the line that sums it up. Each outcome is shown, and logged, before it is
 * stored: what is not shown has not ended, and runs again if this process dies.
 */
final class QueueRun {
    private static final long LOOK_MS = 100;

    /** While jobs run here the queue is not empty, and its depth is for show. */
    private static final int BUSY_LOOKS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration GIVE_BACK = Duration.ofSeconds(2);

    /** For the last line, if somebody who is impatient has also stopped reading. */
    private static final long LAST_LINE_MS = 500;

    private final DurableQueue<QueuedCommand> queue;
    private final WorkerPool<QueuedCommand, Result> pool;
    private final CommandRunner runner;
    private final Display display;
    private final Idle idle;
    private final Stop stop;
    private final boolean untilEmpty;
    private final AtomicBoolean isAsking = new AtomicBoolean();

    /** Jobs that have ended here or have no outcome, as last seen; −1 if that is not known. Written by whoever asked the store. */
    private volatile long known = -1;

    private volatile boolean wasPaused;
    private volatile Throwable problem;

    /** Guarded by this: the work is summed up once, by whichever thread comes first. */
    private boolean isSummedUp;

    /** Of the looking thread alone. */
    private int looks;

    QueueRun(
            DurableQueue<QueuedCommand> queue,
            WorkerPool<QueuedCommand, Result> pool,
            CommandRunner runner,
            Output output,
            Idle idle,
            Stop stop,
            boolean untilEmpty) {
        this.queue = queue;
        this.pool = pool;
        this.runner = runner;
        this.display = new Display(output, this::total);
        this.idle = idle;
        this.stop = stop;
        this.untilEmpty = untilEmpty;
    }

    /** Works until it is told to stop, or nothing is left. Blocks, and returns the exit status. */
    int execute() throws InterruptedException {
        long beganNs = System.nanoTime();
        queue.observe(new QueueObserver() {
            @Override
            public void onUndecodable(String name, long jobs) {
                if (jobs > 0) {
                    display.say("queue '" + name + "' has " + jobs
                            + " jobs that are no commands, or of a newer workpool; they are left to others");
                }
            }
        });
        QueueWork work = queue.workOn(
                pool,
                WorkOptions.<Result>defaults().withBatch(BatchOptions.defaults().withTimeoutsAtRest(true)),
                this::onOutcome);
        work.whenEnded().whenComplete((done, failure) -> {
            problem = failure;
            display.end();
        });
        ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "workpool-queue-look");
            thread.setDaemon(true);
            return thread;
        });
        looking.scheduleWithFixedDelay(() -> look(work), 0, LOOK_MS, TimeUnit.MILLISECONDS);
        stop.onRequest(() -> {
            runner.end(work::abort);
            work.drain();
            sayWhatRuns();
        });
        stop.onKill(() -> {
            giveBack(work);
            sumUpSoon(work, beganNs);
        });
        try {
            display.awaitEnd(PATIENCE);
        } finally {
            looking.shutdownNow();
        }
        sumUp(work.stats(), beganNs);
        boolean isGood = problem == null && work.stats().succeeded() == ended(work.stats());
        return stop.status().orElse(isGood ? ExitStatus.OK : ExitStatus.FAILED);
    }

    private void sayWhatRuns() {
        int running = runner.running();
        if (running > 0) {
            display.say("waiting for " + running + (running == 1 ? " command" : " commands")
                    + " to finish; a second Ctrl-C ends " + (running == 1 ? "it" : "them")
                    + (running == 1 ? ", and gives its job back" : ", and gives their jobs back"));
        }
    }

    private static long ended(WorkStats stats) {
        return stats.succeeded() + stats.failed() + stats.timedOut() + stats.cancelled();
    }

    private synchronized void sumUp(WorkStats stats, long beganNs) {
        if (isSummedUp) {
            return;
        }
        isSummedUp = true;
        display.finish();
        Tally tally = new Tally();
        tally.add(Ending.Kind.SUCCEEDED, stats.succeeded());
        tally.add(Ending.Kind.FAILED, stats.failed());
        tally.add(Ending.Kind.TIMED_OUT, stats.timedOut());
        tally.add(Ending.Kind.CANCELLED, stats.cancelled());
        if (problem != null) {
            display.say("the work on queue '" + queue.name() + "' has ended: " + problem.getMessage());
        }
        display.say(tally.sum((System.nanoTime() - beganNs) / 1e9)
                + note(stats.retried(), "tried again")
                + note(stats.released(), "given back")
                + note(stats.fenced(), "left to others, who had taken them over"));
    }

    /** As the other does, but does not wait for long: somebody may have stopped reading. */
    private void sumUpSoon(QueueWork work, long beganNs) {
        Thread summing = new Thread(() -> sumUp(work.stats(), beganNs), "workpool-queue-sum");
        summing.setDaemon(true);
        summing.start();
        try {
            summing.join(LAST_LINE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String note(long jobs, String what) {
        return jobs == 0 ? "" : "; " + jobs + " " + what;
    }

    /** On a callback thread of the pool, before the outcome is stored. */
    private void onOutcome(QueuedCommand queued, Outcome<Result> outcome, boolean isLast) {
        if (isLast) {
            queued.job().attemptsInAll(outcome.attempts());
            display.showAtOnce(Ending.of(queued.job(), outcome));
        } else {
            queued.job().discard();
        }
    }

    /** Looks what is left, and ends the work if nothing is and that is wanted. Jobs that others hold are left, too. */
    private void look(QueueWork work) {
        WorkStats done = work.stats();
        boolean isBusy = done.claimed() > ended(done) + done.retried() + done.released() + done.fenced();
        if (isBusy) {
            idle.end();
        }
        display.refresh();
        if ((isBusy && looks++ % BUSY_LOOKS != 0) || !isAsking.compareAndSet(false, true)) {
            return;
        }
        queue.stats().whenComplete((stats, failure) -> {
            isAsking.set(false);
            if (failure == null) {
                onStats(work, stats, done, isBusy);
            }
        });
    }

    private void onStats(QueueWork work, QueueStats stats, WorkStats done, boolean isBusy) {
        known = ended(done) + stats.depth();
        if (!isBusy) {
            idle.begin(stats, done);
        }
        if (stats.paused() && !wasPaused) {
            display.say("queue '" + queue.name() + "' is paused; workpool queue resume has it go on"
                    + (untilEmpty && stats.depth() > 0 ? ", and --until-empty waits for that" : ""));
        }
        wasPaused = stats.paused();
        if (untilEmpty && stats.depth() == 0) {
            work.drain();
        }
    }

    /** For the bar: how many are done here, and how many are left anywhere. */
    private long total() {
        return known < 0 ? -1 : Math.max(known, display.shown());
    }

    /** A second Ctrl-C: commands are ended, and their jobs given back, so that others need not wait for the leases. */
    private void giveBack(QueueWork work) {
        runner.end(work::abort);
        runner.kill();
        try {
            work.abort().toCompletableFuture().get(GIVE_BACK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return; // others run them when the leases have run out
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
