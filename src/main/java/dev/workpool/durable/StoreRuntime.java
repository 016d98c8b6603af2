package dev.workpool.durable;

import akka.Done;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.Inspection;
import dev.workpool.durable.internal.work.BatchWatch;
import dev.workpool.durable.internal.work.CancelWatch;
import dev.workpool.durable.internal.work.JobWatch;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.internal.work.QueueEvents;
import dev.workpool.durable.internal.work.RecurringRuns;
import dev.workpool.durable.internal.work.Waiters;
import dev.workpool.durable.internal.work.Works;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that is open: its database, who works on its queues here, who waits for batches, and what is tidied up now and
 * then. Thread-safe.
 */
final class StoreRuntime implements Waiters, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreRuntime.class);
    private static final int DELETED_AT_ONCE = 500;
    private static final Duration TELL_WITHIN = Duration.ofSeconds(30);

    /** What others tell: that a queue has jobs, that a batch has ended, or that recurring jobs or limits have changed. */
    private static final String QUEUE = "q";

    private static final String BATCH = "b";

    private static final String RECURRING = "r";

    private static final String LIMITS = "l";

    /** That a job is cancelled by itself: the number of its batch, and after a colon its own. */
    private static final String JOB_CANCELLED = "j";

    /** What others tell of cancelled batches: that one is, and that some process begins none of its jobs any more. */
    private static final String CANCELLED = "c";

    private static final String CONFIRMED = "d";

    private final Database database;
    private final Duration partitionInterval;
    private final BatchWatch watch;
    private final OpenCodecs codecs = new OpenCodecs();
    private final JobWatch jobWatch;
    private final CancelWatch cancelWatch;
    private final Map<Long, Works> works = new ConcurrentHashMap<>();
    private final Map<Long, RecurringRuns> recurring = new ConcurrentHashMap<>();
    private final Map<Long, Duration> retentions = new ConcurrentHashMap<>();
    private final Map<Long, List<QueueEvents>> observed = new ConcurrentHashMap<>();
    private final CompletableFuture<Done> closed = new CompletableFuture<>();
    private final List<QueueWork> open = new CopyOnWriteArrayList<>();
    private final Consumer<String> listener = this::heard;

    /** Guarded by this. */
    private boolean isPrepared;

    /** Guarded by this. */
    private boolean isClosing;

    StoreRuntime(Database database, Duration partitionInterval) {
        this.database = database;
        this.partitionInterval = partitionInterval;
        this.watch = new BatchWatch(database);
        this.jobWatch = new JobWatch(database);
        this.cancelWatch = new CancelWatch(database, this::batchCancelled, batch -> ended(List.of(batch)));
        database.listen(listener);
        long tidyMs = Math.max(200, Math.min(60_000, partitionInterval.toMillis() / 4));
        database.timer().scheduleWithFixedDelay(this::tidy, tidyMs, tidyMs, TimeUnit.MILLISECONDS);
    }

    Database database() {
        return database;
    }

    OpenCodecs codecs() {
        return codecs;
    }

    BatchWatch watch() {
        return watch;
    }

    JobWatch jobWatch() {
        return jobWatch;
    }

    CancelWatch cancelWatch() {
        return cancelWatch;
    }

    /** Tells all who work on queues that a batch is cancelled. */
    void batchCancelled(long batch) {
        hearCancelled(batch);
        database.tell(CANCELLED + batch);
    }

    private void hearCancelled(long batch) {
        works.values().forEach(each -> each.batchCancelled(batch));
    }

    /** Tells all who work on queues that a job is cancelled by itself. */
    void jobCancelled(long batch, long number) {
        hearJobCancelled(batch, number);
        database.tell(JOB_CANCELLED + batch + ":" + number);
    }

    private void hearJobCancelled(long batch, long number) {
        works.values().forEach(each -> each.jobCancelled(batch, number));
    }

    /** Tells those who wait that somebody here begins no job of these batches any more. */
    void cancelConfirmed(Collection<Long> batches) {
        batches.forEach(batch -> {
            cancelWatch.look(batch);
            database.tell(CONFIRMED + batch);
        });
    }

    /** Makes the tables, once. */
    synchronized void prepare() throws SQLException {
        if (!isPrepared) {
            database.prepare(partitionInterval.toMillis());
            isPrepared = true;
        }
    }

    /** What is read of a store as a whole. */
    interface Inspected<T> {
        T run(Inspection inspection, Connection connection) throws SQLException;
    }

    /**
     * Reads something of all queues. Makes no tables, but brings those that there are up to date.
     *
     * @param empty what there is without tables
     */
    <T> CompletableFuture<T> inspect(Duration patience, T empty, Inspected<T> body) {
        Inspection inspection = new Inspection(database.names());
        return database.transactions()
                .patiently(patience, inspection::hasTables)
                .thenCompose(hasTables -> {
                    if (!hasTables) {
                        return CompletableFuture.completedFuture(empty);
                    }
                    try {
                        prepare();
                    } catch (SQLException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                    return database.transactions().patiently(patience, connection -> body.run(inspection, connection));
                });
    }

    /** Those who work on a queue here. */
    Works works(long queue) {
        return works.computeIfAbsent(queue, key -> new Works());
    }

    /** What enqueues the recurring jobs of a queue while somebody works on it here. */
    RecurringRuns recurring(OpenQueue<?> queue, long id) {
        return recurring.computeIfAbsent(id, key -> new RecurringRuns(queue, id, () -> wake(id)));
    }

    /** Tells all who work on a queue that its recurring jobs have changed. */
    void recurringChanged(long queue) {
        Optional.ofNullable(recurring.get(queue)).ifPresent(RecurringRuns::look);
        database.tell(RECURRING + queue);
    }

    /** Tells all who work on a queue that it is paused. */
    void paused(long queue) {
        works(queue).paused();
        database.tell(QUEUE + queue);
    }

    /** Tells all who work on a queue that its limits have changed. */
    void limitsChanged(long queue) {
        works(queue).limitsChanged();
        database.tell(LIMITS + queue);
    }

    void retain(long queue, Duration retention) {
        retentions.put(queue, retention);
    }

    /** Tells those who observe a queue when its batches have ended. */
    void observe(long queue, QueueEvents events) {
        observed.computeIfAbsent(queue, key -> new CopyOnWriteArrayList<>()).add(events);
    }

    /** Refuses work that nobody would close. */
    synchronized void add(QueueWork work) {
        if (isClosing) {
            throw new IllegalStateException("the job store is closed");
        }
        open.add(work);
    }

    void remove(QueueWork work) {
        open.remove(work);
    }

    /** Tells all who work on a queue that it has jobs. */
    void wake(long queue) {
        works(queue).wake();
        database.tell(QUEUE + queue);
    }

    @Override
    public void settled(long batch) {
        jobWatch.look(batch);
    }

    @Override
    public boolean areForJobsOf(long batch) {
        return jobWatch.isAwaited(batch);
    }

    /** Tells all who wait for batches that these have ended. */
    @Override
    public void ended(Collection<Long> batches) {
        batches.forEach(batch -> database.tell(BATCH + batch));
        watch.tell(batches);
        batches.forEach(jobWatch::look);
        batches.forEach(cancelWatch::look);
        if (!batches.isEmpty() && !observed.isEmpty()) {
            tellObservers(batches);
        }
    }

    private void tellObservers(Collection<Long> ended) {
        database.transactions()
                .patiently(TELL_WITHIN, connection -> {
                    Batches batches = new Batches(database.names());
                    Map<Long, List<Batches.Row>> rows = new HashMap<>();
                    for (long queue : observed.keySet()) {
                        for (long batch : ended) {
                            batches.find(connection, queue, batch)
                                    .ifPresent(row -> rows.computeIfAbsent(queue, key -> new ArrayList<>())
                                            .add(row));
                        }
                    }
                    return rows;
                })
                .whenComplete((rows, failure) -> {
                    if (failure != null) {
                        log.debug("observers could not be told that batches have ended", failure);
                        return;
                    }
                    rows.forEach((queue, each) ->
                            observed.get(queue).forEach(events -> each.forEach(row -> events.batchEnded(row))));
                });
    }

    private void heard(String what) {
        if (what.equals(Database.ANYTHING)) {
            works.values().forEach(each -> {
                each.wake();
                each.limitsChanged();
            });
            recurring.values().forEach(RecurringRuns::look);
            watch.lookSoon();
            jobWatch.lookSoon();
            return;
        }
        try {
            if (what.startsWith(JOB_CANCELLED)) {
                int colon = what.indexOf(':');
                hearJobCancelled(Long.parseLong(what.substring(1, colon)), Long.parseLong(what.substring(colon + 1)));
                return;
            }
            long id = Long.parseLong(what.substring(1));
            if (what.startsWith(QUEUE)) {
                works(id).wake();
            } else if (what.startsWith(BATCH)) {
                watch.tell(List.of(id));
                jobWatch.look(id);
                cancelWatch.look(id);
            } else if (what.startsWith(CANCELLED)) {
                hearCancelled(id);
                cancelWatch.look(id);
            } else if (what.startsWith(CONFIRMED)) {
                cancelWatch.look(id);
            } else if (what.startsWith(LIMITS)) {
                works(id).limitsChanged();
            } else if (what.startsWith(RECURRING)) {
                Optional.ofNullable(recurring.get(id)).ifPresent(RecurringRuns::look);
            }
        } catch (RuntimeException e) {
            log.debug("somebody has told {} on the channel of the job store", what);
        }
    }

    /** Deletes what is old, and ends what was left behind by processes that have died. */
    private void tidy() {
        synchronized (this) {
            if (!isPrepared) {
                return;
            }
        }
        Batches batches = new Batches(database.names());
        finish(batches)
                .thenCompose(done -> deleteOld(batches))
                .thenCompose(done -> database.tidyParts(partitionInterval.toMillis()))
                .thenCompose(done -> database.tidySpace())
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("a job store could not be tidied up; that is tried again", failure);
                    }
                });
    }

    private CompletableFuture<Void> finish(Batches batches) {
        return database.transactions()
                .work(connection -> {
                    for (long cancelled : batches.cancelledWithJobs(connection)) {
                        batches.cancelWaiting(connection, cancelled);
                    }
                    return null;
                })
                .thenCompose(done -> database.transactions()
                        .work(connection -> batches.finish(connection, batches.unfinished(connection))))
                .thenAccept(this::ended);
    }

    private CompletableFuture<Void> deleteOld(Batches batches) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<Long, Duration> each : retentions.entrySet()) {
            all = all.thenCompose(done -> database.transactions().work(connection -> {
                batches.deleteOld(
                        connection,
                        each.getKey(),
                        each.getValue().toMillis(),
                        DELETED_AT_ONCE,
                        !database.makesTables());
                return null;
            }));
        }
        return all;
    }

    /** Completes when it has been closed. */
    CompletableFuture<Done> whenClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosing = true;
        }
        open.forEach(QueueWork::close);
        database.unlisten(listener);
        watch.close();
        jobWatch.close();
        cancelWatch.close();
        database.close();
        closed.complete(Done.getInstance());
    }
}
