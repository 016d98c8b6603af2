package dev.workpool.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task that was submitted, with its future if it has one. */
final class SubmittedTask {
    final ExecutorModel model;
    final Task task;
    private final boolean executes;
    private volatile Future<?> future;
    private volatile boolean rejected;
    private volatile boolean overflowed;
    private boolean isTried;

    SubmittedTask(ExecutorModel model, int level, SplittableRandom random) {
        this.model = model;
        this.task = new Task(model, level, random);
        this.executes = random.nextInt(4) == 0;
    }

    void submit() {
        boolean late = model.ending;
        try {
            Submitting.with(null, () -> {
                handIn();
                return null;
            });
        } catch (RejectedExecutionException e) {
            rejected = true;
            if (!late && !model.ending && model.whenFull.isEmpty()) {
                model.findings.add("a task is rejected by an executor that is open and not full", e.toString());
            }
        } catch (Throwable t) {
            if (t != task.thrown) { // which a caller that runs it gets
                throw t;
            }
        }
        model.add(this);
    }

    private void handIn() {
        if (executes) {
            model.executor.execute(task);
        } else {
            future = model.executor.submit((java.util.concurrent.Callable<Object>) task);
        }
    }

    void submitOrOverflow() {
        isTried = true;
        overflowed = true;
        try {
            handIn();
        } catch (RejectedExecutionException e) {
            rejected = true;
        }
        overflowed = false;
    }

    void keepIfSubmitted() {
        if (isTried) {
            model.add(this);
        }
    }

    void cancel(boolean interrupts) {
        task.cancelled = true;
        Future<?> now = future;
        if (now != null) {
            now.cancel(interrupts);
        }
    }

    /** Whether {@code shutdownNow} has given it back, so that its future is nobody's. */
    private boolean isGivenBack() {
        return model.givenBack.contains(task) || (future instanceof Runnable own && model.givenBack.contains(own));
    }

    /** Whether there is nothing to wait for any more. */
    boolean isDone() {
        Future<?> now = future;
        return rejected || overflowed || isGivenBack() || now == null || now.isDone();
    }

    void check() {
        int calls = task.calls.get();
        if (rejected || isGivenBack()) {
            if (calls > 0 && !task.cancelled) {
                find("a task runs that was rejected or given back");
            }
            return;
        }
        if (overflowed) {
            return;
        }
        if (executes && calls == 0 && !model.cancelling && model.whenFull.isEmpty()) {
            find("a task that was accepted has not run");
        }
        if (future != null && future.isDone()) {
            checkFuture(calls);
        }
        boolean excused = task.cancelled || model.cancelling || task.interrupted || model.jobTimeout.isPresent();
        if (task.beganInterrupted && !excused) {
            find("a task begins interrupted");
        }
    }

    private void checkFuture(int calls) {
        try {
            Object value = future.get(0, TimeUnit.SECONDS);
            if (value != task.result || calls != 1) {
                find("a future has a result that is not its task's");
            }
            checkTimeout(null);
        } catch (ExecutionException e) {
            checkError(e.getCause(), calls);
        } catch (CancellationException e) {
            if (!task.cancelled && !model.cancelling && !model.ending) {
                find("a future is cancelled, and nobody has asked for it");
            }
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (UnsupportedOperationException e) { // the JDK asks the cause what it is
            if (task.thrown == null) {
                throw e;
            }
        }
    }

    private void checkError(Throwable cause, int calls) {
        boolean dropped = cause instanceof RejectedExecutionException && calls == 0 && model.whenFull.isPresent();
        boolean timedOut = cause instanceof TimeoutException && model.jobTimeout.isPresent();
        if (cause != task.thrown && !dropped && !timedOut) {
            find("a future fails with what its task has not thrown: "
                    + cause.getClass().getName());
        } else if (cause == task.thrown) {
            checkTimeout(cause);
        }
    }

    /** A task that hung, and that nobody but the time-out has stopped, has timed out, whatever it did then. */
    private void checkTimeout(Throwable end) {
        boolean others = task.cancelled || model.cancelling;
        if (task.interrupted && !others && model.jobTimeout.isPresent()) {
            find("a task that timed out ends otherwise: "
                    + (end == null ? "a result" : end.getClass().getName()));
        }
    }

    private void find(String kind) {
        model.findings.add(kind, task.text() + (executes ? ", executed" : "") + (rejected ? ", rejected" : ""));
    }
}
