package dev.workpool.durable;

import dev.workpool.durable.internal.enqueue.Coalescer;
import dev.workpool.durable.internal.enqueue.Coalescer.Single;
import dev.workpool.durable.internal.enqueue.Coalescer.When;
import dev.workpool.durable.internal.enqueue.Encoder;
import dev.workpool.durable.internal.enqueue.Packer;
import dev.workpool.durable.internal.enqueue.SinglesWrite;
import dev.workpool.durable.internal.enqueue.Spool;
import dev.workpool.durable.internal.store.Enqueueing;
import dev.workpool.durable.internal.store.Enqueueing.JobPlace;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.Enqueueing.Written;
import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.internal.work.OpenQueue.Ids;
import dev.workpool.durable.internal.work.Works;
import dev.workpool.settings.EnqueueOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * The way of jobs into a queue: encoded and packed on the caller's thread, written on the store's, and handed to whoever
 * works on the queue here, or told to all who do. Thread-safe.
 */
final class Enqueuer<J> {
    /** A segment is at most so much work of one worker. */
    private static final double MOST_SEGMENT_NS = 4e9;

    /** After which others are told of jobs in a transaction whose end is not known. */
    private static final List<Integer> TOLD_AFTER_MS = List.of(5, 50, 300, 1_000);

    private final StoreRuntime store;
    private final OpenQueue<J> queue;
    private final Encoder<J> encoder;
    private final Enqueueing enqueueing;
    private final Coalescer coalescer = new Coalescer(this::writeSingles);

    Enqueuer(StoreRuntime store, OpenQueue<J> queue) {
        this.store = store;
        this.queue = queue;
        this.encoder =
                new Encoder<>(queue.name(), queue.codec(), queue.settings().maxJobBytes());
        this.enqueueing = new Enqueueing(queue.database().names());
    }

    /** Encodes a job by itself; fails as an enqueue of it would. */
    byte[] encode(J job) {
        return encoder.encode(job, 0);
    }

    /** Enqueues jobs as a batch. */
    CompletableFuture<DurableBatch> all(Iterator<? extends J> jobs, EnqueueOptions options) {
        Spool spool = new Spool();
        try {
            Packer<J> packer = packer(spool);
            while (jobs.hasNext()) {
                packer.add(jobs.next());
            }
            packer.finish();
            return write(spool, packer.jobs(), options);
        } catch (Throwable t) {
            spool.close();
            throw t;
        }
    }

    /** Enqueues the jobs of a publisher as a batch, once all are there. */
    CompletableFuture<DurableBatch> all(Flow.Publisher<? extends J> jobs, EnqueueOptions options) {
        EnqueueingSubscriber<J> subscriber =
                new EnqueueingSubscriber<>(this::packer, all -> write(all.spool(), all.jobs(), options));
        jobs.subscribe(subscriber);
        return subscriber.batch();
    }

    private Packer<J> packer(Spool spool) {
        return new Packer<>(
                encoder,
                queue.lanes(),
                segmentJobs(),
                queue.settings().segmentBytes(),
                queue.compressFrom(),
                spool::add);
    }

    /** Few, where jobs take long: they would be cut anyway. */
    private int segmentJobs() {
        int most = queue.settings().segmentJobs();
        long costNs = queue.costNs();
        return costNs == 0 ? most : (int) Math.max(1, Math.min(most, MOST_SEGMENT_NS / costNs));
    }

    /** Writes what is in a spool, and closes it. */
    private CompletableFuture<DurableBatch> write(Spool spool, long jobs, EnqueueOptions options) {
        long token = token();
        When when = when(options);
        return queue.found()
                .thenCompose(ids -> {
                    Works works = store.works(ids.queue());
                    Optional<Taker> taker =
                            jobs > 0 ? taker(works, when, spool.inMemory().size(), jobs) : Optional.empty();
                    long sinceNs = System.nanoTime();
                    NewBatch batch = newBatch(ids, token, jobs, options.key(), when);
                    Transactions.Statement<Written> atOnce = spool.inMemory().size() == 1 && spool.inFile() == 0
                            ? connection -> enqueueing.writeAtOnce(
                                    connection, batch, spool.inMemory().get(0), taker.orElse(Taker.NONE))
                            : null;
                    return queue.database()
                            .transactions()
                            .patiently(queue.settings().storeTimeout(), atOnce, connection -> {
                                try (Spool.Reading segments = spool.read()) {
                                    return enqueueing.write(connection, batch, segments, taker.orElse(Taker.NONE));
                                }
                            })
                            .whenComplete((written, failure) -> {
                                List<byte[]> blocks = spool.inMemory().stream()
                                        .map(NewSegment::block)
                                        .toList();
                                handOver(works, taker, sinceNs, written, blocks);
                            })
                            .thenApply(written -> {
                                int segments = spool.inMemory().size() + spool.inFile();
                                if (written.isNew() && written.taken().size() < segments) {
                                    store.wake(ids.queue());
                                }
                                return batch(ids, written, options.key());
                            });
                })
                .whenComplete((batch, failure) -> spool.close());
    }

    /** Enqueues jobs in a transaction of the caller's. */
    DurableBatch within(Connection connection, Iterable<? extends J> jobs, EnqueueOptions options) throws SQLException {
        Ids ids = queue.found().join();
        try (Spool spool = new Spool()) {
            Packer<J> packer = packer(spool);
            jobs.forEach(packer::add);
            packer.finish();
            Written written;
            try (Spool.Reading segments = spool.read()) {
                written = enqueueing.write(
                        connection,
                        newBatch(ids, token(), packer.jobs(), options.key(), when(options)),
                        segments,
                        Taker.NONE);
            } catch (SQLException e) {
                throw Transactions.isWithoutTables(e)
                        ? new SQLException(
                                "the connection's database has no tables of the job store "
                                        + queue.database().description()
                                        + "; allowed: one of JobStore.connection(), or another to the same database",
                                e.getSQLState(),
                                e)
                        : e;
            }
            TOLD_AFTER_MS.forEach(
                    ms -> queue.database().timer().schedule(() -> store.wake(ids.queue()), ms, TimeUnit.MILLISECONDS));
            return batch(ids, written, options.key());
        }
    }

    /** Enqueues a job by itself, together with others that come at the same time. */
    CompletableFuture<JobPlace> single(J job, EnqueueOptions options) {
        CompletableFuture<JobPlace> place = new CompletableFuture<>();
        coalescer.submit(
                new Single(encode(job), queue.lanes().of(job), options.key().orElse(null), when(options), place));
        return place;
    }

    /** One transaction for all groups; a batch for each. What it returns tells where the jobs are. */
    private CompletableFuture<Runnable> writeSingles(List<List<Single>> groups) {
        List<Long> tokens = groups.stream().map(group -> token()).toList();
        return queue.found().thenCompose(ids -> {
            Works works = store.works(ids.queue());
            When first = groups.get(0).get(0).when();
            Optional<Taker> taker =
                    groups.size() == 1 ? taker(works, first, 1, groups.get(0).size()) : Optional.empty();
            long sinceNs = System.nanoTime();
            SinglesWrite write = new SinglesWrite(
                    enqueueing, groups, group -> newGroup(ids, tokens, groups, group), queue.compressFrom(), taker);
            return queue.database()
                    .transactions()
                    .patiently(queue.settings().storeTimeout(), write.atOnce(), write::run)
                    .whenComplete((written, failure) ->
                            handOver(works, taker, sinceNs, written == null ? null : written.get(0), write.blocks()))
                    .thenApply(written -> {
                        if (taker.isEmpty() && written.stream().anyMatch(Written::isNew)) {
                            store.wake(ids.queue());
                        }
                        return () -> tell(groups, write.places());
                    });
        });
    }

    private NewBatch newGroup(Ids ids, List<Long> tokens, List<List<Single>> groups, int group) {
        List<Single> jobs = groups.get(group);
        return newBatch(
                ids,
                tokens.get(group),
                jobs.size(),
                Optional.empty(),
                jobs.get(0).when());
    }

    private static void tell(List<List<Single>> groups, List<List<JobPlace>> places) {
        for (int i = 0; i < groups.size(); i++) {
            for (int j = 0; j < groups.get(i).size(); j++) {
                groups.get(i).get(j).place().complete(places.get(i).get(j));
            }
        }
    }

    /** Somebody here who takes jobs that are due now; those of a keyed queue have their turn in their lanes. */
    private Optional<Taker> taker(Works works, When when, int segments, long jobs) {
        return when.isNow() && !queue.lanes().areUsed() ? works.offer(segments, jobs) : Optional.empty();
    }

    private static void handOver(
            Works works, Optional<Taker> taker, long sinceNs, Written written, List<byte[]> blocks) {
        if (taker.isPresent()) {
            works.handOver(taker.get(), sinceNs, written == null ? List.of() : written.taken(), blocks);
        }
    }

    private DurableBatch batch(Ids ids, Written written, Optional<String> key) {
        return new DurableBatch(store, queue, ids.queue(), written.id(), key, written.jobs(), written.isNew());
    }

    private static When when(EnqueueOptions options) {
        return new When(
                options.priority(),
                options.runAt().map(Instant::toEpochMilli).orElse(null),
                options.delay().toMillis());
    }

    private NewBatch newBatch(Ids ids, long token, long jobs, Optional<String> key, When when) {
        return new NewBatch(
                ids.queue(),
                key,
                token,
                ids.codec(),
                jobs,
                queue.settings().keptOutcomes(),
                when.priority(),
                when.runAt(),
                when.delayMs());
    }

    /** By which a batch is known that was written although the answer did not arrive. */
    static long token() {
        return UUID.randomUUID().getMostSignificantBits();
    }
}
