package dev.workpool.internal.collector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Has the errors of last attempts suppress those of earlier ones, on a callback executor, since what it asks errors is
 * users' code and may hold locks of users: one whose cause takes long to find, or that somebody has locked, keeps the
 * outcome of its own job. Thread-safe; nothing here blocks its caller.
 *
 * <p>Tasks that have an error in common run one after another, in the order in which they came, and all others side by
 * side. Handlers may throw the same few objects again and again: two threads that each look whether one of them is part
 * of the other before they add it would tie a circle.
 */
final class ErrorLinking {
    /** Handlers of several pools may throw the same object. */
    private static final ErrorLinking OF_ALL_POOLS = new ErrorLinking();

    /**
     * Guarded by itself: by error, the tasks that need it, the first of which runs or may. Nothing is left in here when
     * none is.
     */
    private final IdentityHashMap<Throwable, Queue<Task>> tasks = new IdentityHashMap<>();

    private static final class Task {
        final Set<Throwable> errors = Collections.newSetFromMap(new IdentityHashMap<>());
        final Executor executor;
        final Runnable work;
        final Runnable afterwards;

        /** Errors that others have, whose tasks came before. */
        int missing;

        Task(Executor executor, Runnable work, Runnable afterwards) {
            this.executor = executor;
            this.work = work;
            this.afterwards = afterwards;
        }
    }

    /**
     * Links a job's errors.
     *
     * @param error of the last attempt
     * @param earlier the attempts before, which the caller does not look at again
     * @param callbacks where
     * @param afterwards run in any case; does not block
     */
    static void link(Throwable error, FailedAttempts<?> earlier, Executor callbacks, Runnable afterwards) {
        List<Throwable> errors = earlier.errors();
        errors.add(error);
        OF_ALL_POOLS.execute(errors, callbacks, () -> earlier.suppressIn(error), afterwards);
    }

    void execute(List<Throwable> errors, Executor executor, Runnable work, Runnable afterwards) {
        Task task = new Task(executor, work, afterwards);
        task.errors.addAll(errors);
        synchronized (tasks) {
            for (Throwable error : task.errors) {
                Queue<Task> queue = tasks.computeIfAbsent(error, each -> new ArrayDeque<>(1));
                task.missing += queue.isEmpty() ? 0 : 1;
                queue.add(task);
            }
            if (task.missing > 0) {
                return;
            }
        }
        start(task);
    }

    private void start(Task task) {
        try {
            task.executor.execute(() -> run(task));
        } catch (Throwable t) { // there is no room for it, and an outcome is worth more than its errors' errors
            end(task);
        }
    }

    private void run(Task task) {
        try {
            task.work.run();
        } finally {
            end(task);
        }
    }

    private void end(Task task) {
        try {
            task.afterwards.run();
        } finally {
            release(task).forEach(this::start);
        }
    }

    /** Those that need to wait no longer. */
    private List<Task> release(Task task) {
        List<Task> next = new ArrayList<>(0);
        synchronized (tasks) {
            for (Throwable error : task.errors) {
                Queue<Task> queue = tasks.get(error);
                queue.remove();
                if (queue.isEmpty()) {
                    tasks.remove(error);
                } else if (--queue.element().missing == 0) {
                    next.add(queue.element());
                }
            }
        }
        return next;
    }
}
