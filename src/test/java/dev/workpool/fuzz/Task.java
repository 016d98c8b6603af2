package dev.workpool.fuzz;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A task of an executor, and what has been seen of it. */
final class Task implements Callable<Object>, Runnable {
    private enum Act {
        NOTHING,
        SPIN,
        NAP,
        HANG,
        THROW,
        INTERRUPT_SELF,
        SHUT_DOWN,
        CLOSE,
        SUBMIT,
        SUBMIT_DEEP
    }

    final ExecutorModel model;
    final int level;
    final Object result = new Object();
    final AtomicInteger calls = new AtomicInteger();

    private final Act act;
    private final long seed;

    /** What it has thrown, if it has. */
    volatile Throwable thrown;

    /** It hung, and was interrupted. */
    volatile boolean interrupted;

    volatile boolean beganInterrupted;

    /** Somebody has cancelled its future. */
    volatile boolean cancelled;

    Task(ExecutorModel model, int level, SplittableRandom random) {
        this.model = model;
        this.level = level;
        this.seed = random.nextLong();
        Act chosen =
                random.nextInt(100) < model.hostility ? Act.values()[random.nextInt(Act.values().length)] : Act.NOTHING;
        boolean ends = chosen == Act.SHUT_DOWN && random.nextInt(10) > 0;
        this.act = ends ? Act.NOTHING : chosen;
    }

    @Override
    public void run() {
        call();
    }

    @Override
    public Object call() {
        beganInterrupted = Thread.currentThread().isInterrupted();
        if (calls.incrementAndGet() > 1) {
            model.findings.add("a task runs twice", text());
        }
        boolean byCaller = Submitting.isOn();
        model.begin(this, byCaller);
        try {
            if (!byCaller) {
                act(new SplittableRandom(seed));
            }
            return result;
        } catch (Throwable t) {
            thrown = t;
            throw Attempts.sneaky(t);
        } finally {
            model.end(byCaller);
        }
    }

    private void act(SplittableRandom random) throws Exception {
        switch (act) {
            case NOTHING -> {}
            case SPIN -> {
                for (int i = random.nextInt(20_000); i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
            case NAP -> model.released.await(random.nextInt(500), TimeUnit.MICROSECONDS);
            case HANG -> hang();
            case THROW -> throw Attempts.sneaky(model.throwables.make(random.nextInt(Throwables.KINDS), "of a task"));
            case INTERRUPT_SELF -> Thread.currentThread().interrupt();
            case SHUT_DOWN -> {
                model.willEnd(false);
                model.executor.shutdown();
            }
            case CLOSE -> close();
            case SUBMIT -> submit(random);
            case SUBMIT_DEEP -> submitDeep(random);
        }
    }

    private void hang() throws IOException {
        try {
            model.released.await();
        } catch (InterruptedException e) {
            interrupted = true;
            if (seed % 2 == 0) {
                throw new IOException("told to stop");
            }
        }
    }

    private void close() {
        try {
            if (!model.executor.isTerminated()) {
                model.executor.close();
                model.findings.add("close() returns to a task of the same executor", text());
            }
        } catch (IllegalStateException e) {
            // As it is said to.
        }
    }

    private void submit(SplittableRandom random) {
        if (level < 2) {
            new SubmittedTask(model, level + 1, random).submit();
        }
    }

    private void submitDeep(SplittableRandom random) {
        if (level > 0 || !model.deep) {
            return;
        }
        SubmittedTask[] tasks = new SubmittedTask[30];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = new SubmittedTask(model, 2, random);
        }
        int[] next = {0};
        Deep.atTheEndOfTheStack(
                () -> {
                    if (next[0] == tasks.length) {
                        return true;
                    }
                    tasks[next[0]++].submitOrOverflow();
                    return true;
                },
                1 + random.nextInt(6));
        for (SubmittedTask task : tasks) {
            task.keepIfSubmitted();
        }
    }

    String text() {
        return "task (" + act + ", calls " + calls + (interrupted ? ", interrupted" : "")
                + (cancelled ? ", cancelled" : "") + ")";
    }
}
