package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Cancellations;
import dev.workpool.durable.internal.store.Cancellations.Progress;
import dev.workpool.durable.internal.store.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Tells those who wait for the cancellation of batches when no job of these begins any more. Looks when somebody has
 * confirmed it, and else now and then. Any thread may call it; {@code waiting} is guarded by this.
 */
public final class CancelWatch implements AutoCloseable {
    private static final long FIRST_LOOK_MS = 20;
    private static final long LONGEST_LOOK_MS = 500;

    private final Database database;
    private final LongConsumer again;
    private final LongConsumer ended;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private boolean isClosed;

    /** Those who wait for one batch. */
    private static final class Waiting {
        private final List<CompletableFuture<Void>> stages = new ArrayList<>();
        private long lookMs = FIRST_LOOK_MS;
        private boolean isLooking;
        private boolean looksAgain;
    }

    /**
     * A watch of nothing yet.
     *
     * @param again tells everybody once more that a batch is cancelled, since somebody may not have heard it
     * @param ended is told of a batch that has ended with that
     */
    public CancelWatch(Database database, LongConsumer again, LongConsumer ended) {
        this.database = database;
        this.again = again;
        this.ended = ended;
    }

    /** Completes when no job of a batch begins any more, in any process. Fails if the store is closed before. */
    public CompletableFuture<Void> cancelled(long batch) {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        synchronized (this) {
            if (isClosed) {
                stage.completeExceptionally(closed());
                return stage;
            }
            waiting.computeIfAbsent(batch, key -> new Waiting()).stages.add(stage);
        }
        look(batch);
        return stage;
    }

    /** Looks at a batch now, if somebody waits for it. */
    public void look(long batch) {
        synchronized (this) {
            Waiting one = waiting.get(batch);
            if (one == null || isClosed) {
                return;
            } else if (one.isLooking) {
                one.looksAgain = true;
                return;
            }
            one.isLooking = true;
        }
        database.transactions()
                .work(connection -> new Cancellations(database.names()).look(connection, batch))
                .whenComplete((progress, failure) -> looked(batch, progress));
    }

    /**
     * Somebody has looked.
     *
     * @param progress what was found; null if the store did not answer
     */
    private void looked(long batch, Progress progress) {
        boolean isOver = progress == Progress.CONFIRMED || progress == Progress.ENDED;
        boolean looksAgain;
        long waitMs;
        List<CompletableFuture<Void>> told;
        synchronized (this) {
            Waiting one = waiting.get(batch);
            if (one == null) {
                return; // closed
            }
            one.isLooking = false;
            looksAgain = one.looksAgain && !isOver;
            one.looksAgain = false;
            waitMs = one.lookMs;
            one.lookMs = Math.min(2 * waitMs, LONGEST_LOOK_MS);
            told = isOver ? waiting.remove(batch).stages : List.of();
        }
        // Not on this thread, which is one of the store's.
        told.forEach(
                each -> each.completeAsync(() -> null, database.transactions().callbacks()));
        if (progress == Progress.CONFIRMED) {
            finish(batch);
        } else if (looksAgain) {
            look(batch);
        } else if (!isOver) {
            database.timer()
                    .schedule(
                            () -> {
                                if (progress == Progress.SPREADING) {
                                    again.accept(batch);
                                }
                                look(batch);
                            },
                            waitMs,
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Nobody may hold jobs of it, so that nobody else writes it down. */
    private void finish(long batch) {
        database.transactions()
                .work(connection -> new Batches(database.names()).finish(connection, List.of(batch)))
                .thenAccept(finished -> finished.forEach(ended::accept));
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the job store was closed before the batch was cancelled everywhere");
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> left = new ArrayList<>();
        synchronized (this) {
            isClosed = true;
            waiting.values().forEach(each -> left.addAll(each.stages));
            waiting.clear();
        }
        left.forEach(each -> each.completeExceptionally(closed()));
    }
}
