package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Availability;
import dev.workpool.durable.internal.store.Claiming;
import dev.workpool.durable.internal.store.Claiming.Ask;
import dev.workpool.durable.internal.store.Claiming.Claimed;
import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.LiveLeases;
import dev.workpool.durable.internal.store.Payloads;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.durable.internal.store.SegmentRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * Asks the store for segments, one claim at a time: for those that can be decoded here, and for leases of others that
 * have run out, unless the store was away just now. The actor's alone; its transactions see nothing that changes.
 */
final class Claims<J> {
    /** The most segments of a claim. */
    static final int MOST_SEGMENTS = 32;

    private static final long CODECS_EVERY_NS = 5_000_000_000L;

    private final OpenQueue<J> queue;
    private final long queueId;
    private final String owner;
    private final Database database;
    private final Claiming claiming;
    private final LiveLeases live;
    private final long leaseNs;

    private OpenQueue.Codecs codecs = OpenQueue.Codecs.UNKNOWN;
    private long codecsNs = System.nanoTime() - CODECS_EVERY_NS;
    private boolean isAsking;
    private boolean asksSuspects;
    private long token;
    private long outagesSeen;
    private long takesNoLostUntilNs = System.nanoTime();

    Claims(OpenQueue<J> queue, long queueId, String owner) {
        this.queue = queue;
        this.queueId = queueId;
        this.owner = owner;
        this.database = queue.database();
        this.claiming = new Claiming(database.names());
        this.live = database.liveLeases();
        this.leaseNs = queue.settings().lease().toNanos();
        this.outagesSeen = database.transactions().availability().outages();
    }

    /**
     * What came of a claim.
     *
     * @param claimed what the store says
     * @param blocks the encoded jobs of each segment
     * @param codecs what jobs of the queue were encoded with
     * @param undecodable how many jobs cannot be decoded here; negative if that was not looked for
     * @param sinceNs a time before the leases began
     */
    record Found(Claimed claimed, List<byte[]> blocks, OpenQueue.Codecs codecs, long undecodable, long sinceNs) {
        /** The same with the encoded jobs; a segment without is not held any more. */
        Found with(List<byte[]> read) {
            List<SegmentRow> held = new ArrayList<>();
            for (int i = 0; i < read.size(); i++) {
                if (read.get(i) != null) {
                    held.add(claimed.segments().get(i));
                }
            }
            List<byte[]> there = read.stream().filter(Objects::nonNull).toList();
            return new Found(claimed.with(held), there, codecs, undecodable, sinceNs);
        }
    }

    boolean isAsking() {
        return isAsking;
    }

    /** Whether the last claim was for suspects alone. */
    boolean askedSuspects() {
        return asksSuspects;
    }

    /**
     * Claims segments.
     *
     * @param workers how many run at a time
     * @param jobs how many at most
     * @param suspectOnly whether nothing runs now, and a suspect is to be claimed and nothing else
     * @return completes on a thread of the store; tell it to {@link #answered} or {@link #failed} then
     */
    CompletableFuture<Found> ask(int workers, int jobs, boolean suspectOnly) {
        isAsking = true;
        asksSuspects = suspectOnly;
        token = WorkActor.token();
        tokens().forEach(each -> live.hold(queueId, each)); // also if the answer takes longer than the lease
        long sinceNs = System.nanoTime();
        boolean readsCodecs = sinceNs - codecsNs >= CODECS_EVERY_NS;
        codecsNs = readsCodecs ? sinceNs : codecsNs;
        OpenQueue.Codecs known = codecs;
        Ask ask = new Ask(
                queueId,
                queue.lanes().areUsed(),
                owner,
                token,
                leaseNs / 1_000_000,
                workers,
                suspectOnly ? 1 : Math.max(1, jobs),
                suspectOnly ? 1 : MOST_SEGMENTS,
                List.of(),
                live.held(queueId),
                sinceNs - takesNoLostUntilNs >= 0,
                suspectOnly);
        return database.transactions()
                .work(connection -> {
                    OpenQueue.Codecs now = readsCodecs ? queue.codecs(connection, queueId) : known;
                    Set<Long> decodable = now.decodable().keySet();
                    return new Found(
                            claiming.claim(connection, ask.with(decodable)),
                            List.of(),
                            now,
                            readsCodecs ? undecodable(connection, now) : -1,
                            sinceNs);
                })
                .thenCompose(this::readJobs);
    }

    /** All that waits is counted, so only where there are codecs that are not known here. */
    private long undecodable(Connection connection, OpenQueue.Codecs now) throws SQLException {
        return now.areAll()
                ? 0
                : claiming.undecodable(connection, queueId, now.decodable().keySet());
    }

    /** In a transaction of its own: the claim is committed before, and holds no locks meanwhile. */
    private CompletableFuture<Found> readJobs(Found found) {
        List<SegmentRow> rows = found.claimed().segments();
        if (rows.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        Payloads payloads = new Payloads(database.names());
        return database.transactions().work(connection -> found.with(payloads.readHeld(connection, rows)));
    }

    /** The answer is there, and what was claimed is held. */
    void answered(Found found) {
        codecs = found.codecs();
        failed();
    }

    /** There is no answer. */
    void failed() {
        if (isAsking) {
            isAsking = false;
            tokens().forEach(each -> live.drop(queueId, each));
        }
    }

    /** Those that leases of this claim may have. */
    private LongStream tokens() {
        return LongStream.range(0, Math.max(1, queue.lanes().count())).map(lane -> Claiming.tokenOfLane(token, lane));
    }

    /** What a claimed segment was encoded with. */
    Codec codecOf(SegmentRow segment) {
        return codecs.decodable().get(segment.codec());
    }

    /** Writes down that a suspect begins, before it does. */
    CompletableFuture<Boolean> start(SegmentRow suspect) {
        return database.transactions().work(connection -> claiming.start(connection, suspect));
    }

    /** After an outage, whoever else was cut off is to have the time to renew its leases before they are taken from it. */
    void seeOutages(long nowNs) {
        Availability availability = database.transactions().availability();
        if (availability.outages() != outagesSeen || availability.failure().isPresent()) {
            outagesSeen = availability.outages();
            takesNoLostUntilNs = nowNs + leaseNs / 3;
        }
    }
}
