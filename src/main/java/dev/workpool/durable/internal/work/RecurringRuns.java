package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.Recurring;
import dev.workpool.settings.QueueSettings;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Enqueues the recurring jobs of a queue when they are due, as long as this process works on it. Looks when the next one
 * is due, when it is told that something has changed, and else now and then. Any thread may call it; its fields are
 * guarded by this.
 */
public final class RecurringRuns {
    /** Only for what it was not told. */
    private static final long LOOK_MS = 15_000;

    private static final long AFTER_FAILURE_MS = 1_000;

    private final OpenQueue<?> queue;
    private final long id;
    private final Runnable enqueued;
    private final Recurring recurring;
    private final Troubles troubles;
    private int works;
    private boolean isLooking;
    private boolean looksAgain;
    private Future<?> timer = CompletableFuture.completedFuture(null);

    /**
     * Does nothing yet.
     *
     * @param id the queue's number
     * @param enqueued is told that there are jobs
     */
    public RecurringRuns(OpenQueue<?> queue, long id, Runnable enqueued) {
        this.queue = queue;
        this.id = id;
        this.enqueued = enqueued;
        this.recurring = new Recurring(queue.database().names());
        this.troubles = new Troubles(queue.name());
    }

    /** Somebody works on the queue from now on. */
    public void begin() {
        synchronized (this) {
            works++;
        }
        look();
    }

    /** Somebody has ended. */
    public synchronized void end() {
        works--;
        if (works == 0) {
            timer.cancel(false);
        }
    }

    /** Looks what is due, now or as soon as it has ended to look. */
    public void look() {
        synchronized (this) {
            looksAgain = isLooking;
            if (isLooking || works == 0) {
                return;
            }
            isLooking = true;
            timer.cancel(false);
        }
        Database database = queue.database();
        database.transactions()
                .work(connection -> recurring.due(connection, id))
                .thenCompose(this::enqueueAll)
                .whenComplete((nextMs, failure) -> {
                    if (failure != null) {
                        troubles.log("cannot be given its recurring jobs", failure);
                    }
                    lookIn(failure == null ? nextMs : AFTER_FAILURE_MS);
                });
    }

    /** One by one, since a schedule that cannot be read must not keep others from being due. */
    private CompletableFuture<Long> enqueueAll(Recurring.Due due) {
        CompletableFuture<Long> all = CompletableFuture.completedFuture(due.nextInMs());
        for (String name : due.names()) {
            all = all.thenCompose(nextMs -> enqueue(name)
                    // What was enqueued has a next time, which is not known here.
                    .thenApply(jobs -> jobs.isPresent() ? 0 : Math.min(nextMs, AFTER_FAILURE_MS))
                    .exceptionally(failure -> {
                        troubles.log("cannot be given recurring job '" + name + "'", failure);
                        return Math.min(nextMs, AFTER_FAILURE_MS);
                    }));
        }
        return all;
    }

    private CompletableFuture<OptionalInt> enqueue(String name) {
        QueueSettings settings = queue.settings();
        return queue.database()
                .transactions()
                .work(connection ->
                        recurring.enqueue(connection, id, name, settings.keptOutcomes(), queue.compressFrom()))
                .thenApply(jobs -> {
                    if (jobs.orElse(0) > 0) {
                        enqueued.run();
                    }
                    return jobs;
                });
    }

    private void lookIn(long ms) {
        synchronized (this) {
            isLooking = false;
            if (works == 0) {
                return;
            }
            if (!looksAgain && ms > 0) {
                try {
                    timer = queue.database().timer().schedule(this::look, Math.min(ms, LOOK_MS), TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    works = 0; // the store is closed
                }
                return;
            }
        }
        look();
    }
}
