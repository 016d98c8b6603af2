package dev.workpool.durable;

import akka.Done;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.DeadLetters;
import dev.workpool.durable.internal.store.Queues;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.internal.work.OpenQueue.Ids;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.DeadLetterGroup;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.StoredFailure;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Looks after a queue without working on it: what is in it, pauses, batches, dead letters. Needs neither an actor system nor the codec of
 * the queue's jobs, so that any program can look after any queue; {@link JobStore#admin} returns it. Thread-safe. Nothing blocks: all
 * stages fail with an {@link SQLException} if the store does not answer within {@code store-timeout}.
 */
public final class QueueAdmin {
    /** How many dead letters are read in a transaction. */
    private static final int PAGE = 1_000;

    private final StoreRuntime store;
    private final OpenQueue<?> queue;

    QueueAdmin(StoreRuntime store, OpenQueue<?> queue) {
        this.store = store;
        this.queue = queue;
    }

    /** Of a queue that is there already, and whose codec is not known here. */
    static QueueAdmin ofExisting(StoreRuntime store, long id, int lanes, QueueSettings settings) {
        OpenQueue<byte[]> queue = new OpenQueue<>(
                store.database(), settings, JobCodec.bytes(), lanes == 0 ? Lanes.none() : new Lanes<>(lanes, null));
        queue.ids().complete(new Ids(id, 0)); // nothing is enqueued with it but what has a codec already
        return new QueueAdmin(store, queue);
    }

    /** {@return the queue's name} */
    public String name() {
        return queue.name();
    }

    private <T> CompletableFuture<T> ask(Asked<T> body) {
        return queue.found()
                .thenCompose(ids -> queue.database()
                        .transactions()
                        .patiently(queue.settings().storeTimeout(), connection -> body.run(connection, ids)));
    }

    /** What is asked of the store. */
    private interface Asked<T> {
        T run(Connection connection, Ids ids) throws SQLException;
    }

    private DeadLetters deadLetters() {
        return new DeadLetters(queue.database().names());
    }

    private Batches batches() {
        return new Batches(queue.database().names());
    }

    /**
     * Returns what is in the queue.
     *
     * @return a stage of a snapshot
     */
    public CompletionStage<QueueStats> stats() {
        return ask(this::contents);
    }

    QueueStats contents(Connection connection, Ids ids) throws SQLException {
        return stats(new Queues(queue.database().names()).contents(connection, ids.queue()));
    }

    static QueueStats stats(Queues.Contents contents) {
        return new QueueStats(
                contents.isPaused(),
                contents.waiting(),
                contents.scheduled(),
                contents.claimed(),
                Duration.ofMillis(contents.oldestMs()),
                contents.dead());
    }

    /**
     * Keeps all processes from beginning jobs. Those that run go on to their end; those that a process has claimed and
     * not begun go back. It lasts until {@link #resume}, whatever becomes of the processes.
     *
     * @return completes when it is stored; this process is told at once, others notice with their next claim, and within
     *     about half a second if they have claimed jobs
     */
    public CompletionStage<Done> pause() {
        return setPaused(true);
    }

    /**
     * Ends a pause.
     *
     * @return completes when it is stored
     */
    public CompletionStage<Done> resume() {
        return setPaused(false);
    }

    private CompletionStage<Done> setPaused(boolean paused) {
        return ask((connection, ids) -> {
                    new Queues(queue.database().names()).pause(connection, ids.queue(), paused);
                    return ids;
                })
                .thenApply(ids -> {
                    if (paused) {
                        store.paused(ids.queue());
                    } else {
                        store.wake(ids.queue());
                    }
                    return Done.getInstance();
                });
    }

    /**
     * Finds a batch by its key.
     *
     * @param key that it was enqueued under
     * @return a stage of the batch, empty if there is none, or it was forgotten
     */
    public CompletionStage<Optional<DurableBatch>> batch(String key) {
        EnqueueOptions.keyed(key); // checks it
        return ask((connection, ids) ->
                batches().find(connection, ids.queue(), key).map(row -> batch(ids, row)));
    }

    /**
     * Finds a batch by its number.
     *
     * @param id its number
     * @return a stage of the batch, empty if there is none, or it was forgotten
     */
    public CompletionStage<Optional<DurableBatch>> batch(long id) {
        return ask(
                (connection, ids) -> batches().find(connection, ids.queue(), id).map(row -> batch(ids, row)));
    }

    private DurableBatch batch(Ids ids, Batches.Row row) {
        return new DurableBatch(store, queue, ids.queue(), row.id(), row.key(), row.jobs(), false);
    }

    /**
     * Lists dead letters, the oldest first.
     *
     * @param codec decodes the jobs that it can decode; of others there are the bytes
     * @param after the number of the last that was seen; 0 for the first
     * @param limit how many at most, 1 to 10000
     * @param <J> type of the jobs
     * @return a stage of them
     */
    public <J> CompletionStage<List<DeadLetter<J>>> deadLetters(JobCodec<J> codec, long after, int limit) {
        if (limit < 1 || limit > 10_000) {
            throw new IllegalArgumentException("limit of dead letters = " + limit + "; allowed: 1 to 10000");
        }
        OpenQueue.checkCodec(codec);
        OpenQueue<J> decoded = new OpenQueue<>(queue.database(), queue.settings(), codec, Lanes.none());
        return ask((connection, ids) -> {
            LetterReader<J> reader =
                    new LetterReader<>(decoded, new Queues(queue.database().names()).codecs(connection, ids.queue()));
            return deadLetters().list(connection, ids.queue(), after, limit).stream()
                    .map(reader::read)
                    .toList();
        });
    }

    /**
     * Groups the dead letters by how they failed at last: by the class and the message of the error. Reads all of them, some at a time,
     * but not their jobs.
     *
     * @return a stage of the groups, the largest first
     */
    public CompletionStage<List<DeadLetterGroup>> deadLetterGroups() {
        Map<List<String>, DeadLetterGroup> groups = new LinkedHashMap<>();
        return read(
                        0,
                        row -> groups.merge(
                                List.of(
                                        row.error().type(),
                                        String.valueOf(row.error().getMessage())),
                                new DeadLetterGroup(row.error(), 1, row.died(), row.died(), row.id()),
                                (before, one) -> new DeadLetterGroup(
                                        one.error(),
                                        before.count() + 1,
                                        earlier(before.oldest(), one.oldest()),
                                        one.newest(),
                                        one.sample())))
                .thenApply(done -> groups.values().stream()
                        .sorted((a, b) -> Long.compare(b.count(), a.count()))
                        .toList());
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /**
     * Finds dead letters by how they failed at last.
     *
     * @param error what an error's class and message have to pass
     * @return a stage of their numbers, the oldest first
     */
    public CompletionStage<List<Long>> deadLetterIds(Predicate<StoredFailure> error) {
        List<Long> found = new ArrayList<>();
        return read(0, row -> {
                    if (error.test(row.error())) {
                        found.add(row.id());
                    }
                })
                .thenApply(done -> found);
    }

    /** A page after another. What is given rows is called outside of transactions, by one thread at a time. */
    private CompletableFuture<Done> read(long after, Consumer<DeadLetters.Failure> each) {
        return ask((connection, ids) -> deadLetters().failures(connection, ids.queue(), after, PAGE))
                .thenCompose(page -> {
                    page.forEach(each);
                    return page.size() < PAGE
                            ? CompletableFuture.completedFuture(Done.getInstance())
                            : read(page.get(page.size() - 1).id(), each);
                });
    }

    /**
     * Enqueues dead letters again, as new batches whose jobs have all their attempts before them. The outcomes of the
     * batches that they came from stay as they are.
     *
     * @param ids their numbers; those that are not there any more are left out
     * @return a stage of the new batches
     * @throws IllegalStateException if the queue is keyed and this was got from {@link JobStore#admin}: the lane of a job is known to its
     *     codec alone
     */
    public CompletionStage<List<DurableBatch>> requeue(Collection<Long> ids) {
        if (queue.lanes().areUsed() && queue.lanes().keyOf() == null) {
            throw new IllegalStateException("queue '" + name()
                    + "' has keys, which only a program with its codec can read; allowed: DurableQueue.requeue");
        }
        return requeue(queue, ids);
    }

    private <J> CompletionStage<List<DurableBatch>> requeue(OpenQueue<J> of, Collection<Long> ids) {
        List<Long> all = List.copyOf(ids);
        long token = Enqueuer.token() >>> 1;
        return ask((connection, found) -> {
                    LetterReader<J> reader = new LetterReader<>(
                            of, new Queues(queue.database().names()).codecs(connection, found.queue()));
                    List<Long> made = deadLetters()
                            .requeue(
                                    connection,
                                    found.queue(),
                                    all,
                                    queue.settings().keptOutcomes(),
                                    token,
                                    reader::lane);
                    List<DurableBatch> batches = new ArrayList<>();
                    for (long id : made) {
                        batches().find(connection, found.queue(), id).ifPresent(row -> batches.add(batch(found, row)));
                    }
                    return batches;
                })
                .thenApply(batches -> {
                    store.wake(queue.ids().join().queue());
                    return batches;
                });
    }

    /**
     * Deletes dead letters.
     *
     * @param ids their numbers
     * @return a stage of how many there were
     */
    public CompletionStage<Integer> discard(Collection<Long> ids) {
        List<Long> all = List.copyOf(ids);
        return ask((connection, of) ->
                deadLetters().take(connection, of.queue(), all).size());
    }

    @Override
    public String toString() {
        return "QueueAdmin('" + name() + "' in " + queue.database().description() + ")";
    }
}
