package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.JobEnds;
import dev.workpool.durable.internal.store.JobEnds.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who wait for single jobs how these have ended, whatever else is in their batches: at once if a job was
 * settled in this process, when its batch has ended elsewhere, and else by looking now and then, for all jobs of a batch
 * together. Any thread may call it; {@code waiting} and what is in there are guarded by this.
 */
public final class JobWatch implements AutoCloseable {
    private static final long FIRST_LOOK_MS = 10;
    private static final long LONGEST_LOOK_MS = 500;

    private final Database database;
    private final Map<Long, OfBatch> waiting = new HashMap<>();
    private boolean isClosed;

    public JobWatch(Database database) {
        this.database = database;
    }

    /** Those who wait for jobs of one batch. */
    private static final class OfBatch {
        private final long queue;
        private final List<One> ones = new ArrayList<>();
        private long lookMs = FIRST_LOOK_MS;
        private boolean isLooking;
        private boolean looksAgain;
        private boolean isTimed;

        OfBatch(long queue) {
            this.queue = queue;
        }
    }

    /** Somebody who waits for a job. */
    private static final class One {
        private final long index;
        private final Duration patience;
        private final CompletableFuture<End> end = new CompletableFuture<>();

        /** Whether the store has answered since. */
        private boolean isKnown;

        One(long index, Duration patience) {
            this.index = index;
            this.patience = patience;
        }
    }

    /**
     * Completes when a job has ended.
     *
     * @param patience after which the stage fails if the store has not answered once; after that it waits for as long
     *     as it takes
     * @return fails with a {@link NoSuchElementException} if the batch is forgotten, and with an {@link
     *     IllegalStateException} if the store is closed before
     */
    public CompletableFuture<End> ended(long queue, long batch, long index, Duration patience) {
        One one = new One(index, patience);
        synchronized (this) {
            if (isClosed) {
                one.end.completeExceptionally(closed());
                return one.end;
            }
            OfBatch all = waiting.computeIfAbsent(batch, key -> new OfBatch(queue));
            all.ones.add(one);
            all.lookMs = FIRST_LOOK_MS;
        }
        look(batch);
        return one.end;
    }

    /** Whether somebody waits for a job of a batch. */
    public synchronized boolean isAwaited(long batch) {
        return waiting.containsKey(batch);
    }

    /** Jobs of a batch have ended. */
    public void look(long batch) {
        long queue;
        Set<Long> indices = new HashSet<>();
        Duration patience = Duration.ZERO;
        synchronized (this) {
            OfBatch all = waiting.get(batch);
            if (all == null || isClosed) {
                return;
            } else if (all.isLooking) {
                all.looksAgain = true;
                return;
            }
            all.isLooking = true;
            queue = all.queue;
            for (One one : all.ones) {
                indices.add(one.index);
                patience = one.patience;
            }
        }
        JobEnds ends = new JobEnds(database.names());
        database.transactions()
                .patiently(patience, connection -> ends.look(connection, queue, batch, indices))
                .whenComplete((found, failure) -> looked(batch, indices, found, failure));
    }

    /** Looks at all of them, since jobs may have ended. */
    public void lookSoon() {
        List<Long> batches;
        synchronized (this) {
            batches = List.copyOf(waiting.keySet());
        }
        batches.forEach(this::look);
    }

    private void looked(long batch, Set<Long> asked, Optional<Map<Long, End>> found, Throwable failure) {
        List<Runnable> told = new ArrayList<>();
        boolean looksAgain;
        boolean isToBeTimed;
        long waitMs;
        synchronized (this) {
            OfBatch all = waiting.get(batch);
            if (all == null) {
                return; // closed
            }
            all.isLooking = false;
            for (Iterator<One> each = all.ones.iterator(); each.hasNext(); ) {
                One one = each.next();
                if (asked.contains(one.index) && isOver(one, batch, found, failure, told)) {
                    each.remove();
                }
            }
            looksAgain = all.looksAgain;
            all.looksAgain = false;
            waitMs = all.lookMs;
            isToBeTimed = !all.ones.isEmpty() && !all.isTimed && !looksAgain;
            if (isToBeTimed) {
                all.isTimed = true;
                all.lookMs = Math.min(2 * waitMs, LONGEST_LOOK_MS);
            }
            if (all.ones.isEmpty()) {
                waiting.remove(batch);
            }
        }
        // Not on this thread, which may be one of the store's.
        told.forEach(database.transactions().callbacks()::execute);
        if (looksAgain) {
            look(batch);
        } else if (isToBeTimed) {
            database.timer().schedule(() -> onTime(batch), waitMs, TimeUnit.MILLISECONDS);
        }
    }

    private void onTime(long batch) {
        synchronized (this) {
            OfBatch all = waiting.get(batch);
            if (all != null) {
                all.isTimed = false; // of two in turn the first timer may serve the second
            }
        }
        look(batch);
    }

    /** Whether there is something to tell somebody, which is added then. */
    private static boolean isOver(
            One one, long batch, Optional<Map<Long, End>> found, Throwable failure, List<Runnable> told) {
        if (failure != null) {
            if (!one.isKnown) {
                told.add(() -> one.end.completeExceptionally(failure));
            }
            return !one.isKnown;
        }
        one.isKnown = true;
        if (found.isEmpty()) {
            told.add(() -> one.end.completeExceptionally(new NoSuchElementException(
                    "batch " + batch + " is not in the store any more; its retention is over")));
            return true;
        }
        End end = found.get().get(one.index);
        if (end != null) {
            told.add(() -> one.end.complete(end));
        }
        return end != null;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the job store was closed before the job had ended");
    }

    @Override
    public void close() {
        List<One> left = new ArrayList<>();
        synchronized (this) {
            isClosed = true;
            waiting.values().forEach(all -> left.addAll(all.ones));
            waiting.clear();
        }
        left.forEach(one -> one.end.completeExceptionally(closed()));
    }
}
