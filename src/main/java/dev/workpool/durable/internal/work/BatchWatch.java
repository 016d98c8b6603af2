package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Database;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who wait for batches when these have ended: at once if the last job was settled in this process, as soon
 * as another process tells, and else by looking now and then, for all of them in one query. Any thread may call it;
 * {@code waiting} and {@code isLooking} are guarded by this.
 */
public final class BatchWatch implements AutoCloseable {
    private static final long FIRST_LOOK_MS = 10;
    private static final long LONGEST_LOOK_MS = 1_000;

    private final Database database;
    private final Map<Long, List<CompletableFuture<Void>>> waiting = new HashMap<>();
    private long lookMs = FIRST_LOOK_MS;
    private boolean isLooking;
    private boolean isClosed;

    public BatchWatch(Database database) {
        this.database = database;
    }

    /** Completes when a batch has ended. Fails if the store is closed before. */
    public CompletableFuture<Void> ended(long batch) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        synchronized (this) {
            if (isClosed) {
                ended.completeExceptionally(closed());
                return ended;
            }
            waiting.computeIfAbsent(batch, key -> new ArrayList<>()).add(ended);
            lookMs = FIRST_LOOK_MS;
            if (isLooking) {
                return ended;
            }
            isLooking = true;
        }
        look();
        return ended;
    }

    /** Tells that batches have ended. */
    public void tell(Collection<Long> batches) {
        List<CompletableFuture<Void>> told = new ArrayList<>();
        synchronized (this) {
            for (long batch : batches) {
                told.addAll(waiting.getOrDefault(batch, List.of()));
                waiting.remove(batch);
            }
        }
        // Not on this thread, which may be one of the store's.
        told.forEach(
                each -> each.completeAsync(() -> null, database.transactions().callbacks()));
    }

    /** Looks once at all of them, since some may have ended. */
    public void lookSoon() {
        Set<Long> batches;
        synchronized (this) {
            if (waiting.isEmpty() || isClosed) {
                return;
            }
            batches = Set.copyOf(waiting.keySet());
        }
        askFor(batches).thenAccept(this::tell);
    }

    private CompletableFuture<? extends Collection<Long>> askFor(Set<Long> batches) {
        return database.transactions().work(connection -> new Batches(database.names()).ended(connection, batches));
    }

    private void look() {
        Set<Long> batches;
        synchronized (this) {
            if (waiting.isEmpty() || isClosed) {
                isLooking = false;
                return;
            }
            batches = Set.copyOf(waiting.keySet());
        }
        askFor(batches).whenComplete((ended, failure) -> {
            if (failure == null) {
                tell(ended);
            }
            long waitMs;
            synchronized (this) {
                if (isClosed) {
                    return;
                }
                waitMs = lookMs;
                lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS);
            }
            database.timer().schedule(this::look, waitMs, TimeUnit.MILLISECONDS);
        });
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the job store was closed before the batch had ended");
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> left = new ArrayList<>();
        synchronized (this) {
            isClosed = true;
            waiting.values().forEach(left::addAll);
            waiting.clear();
        }
        left.forEach(each -> each.completeExceptionally(closed()));
    }
}
