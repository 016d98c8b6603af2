package dev.workpool.durable.internal.enqueue;

import dev.workpool.durable.internal.enqueue.Coalescer.Single;
import dev.workpool.durable.internal.store.Enqueueing;
import dev.workpool.durable.internal.store.Enqueueing.JobPlace;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.Enqueueing.Written;
import dev.workpool.durable.internal.store.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Writes groups of jobs that came by themselves: in one statement, if they are one group and one segment, and at most one
 * of them has a key, which is then alone. Used by one thread after another; it may be run again.
 */
public final class SinglesWrite {
    private final Enqueueing enqueueing;
    private final List<List<Single>> groups;
    private final IntFunction<NewBatch> batches;
    private final int compressFrom;
    private final Taker taker;
    private final List<List<JobPlace>> places = new ArrayList<>();
    private final List<byte[]> blocks = new ArrayList<>();

    /**
     * What is to be written.
     *
     * @param groups a batch for each
     * @param batches the batch of a group
     * @param taker takes the first segment of the first group
     */
    public SinglesWrite(
            Enqueueing enqueueing,
            List<List<Single>> groups,
            IntFunction<NewBatch> batches,
            int compressFrom,
            Optional<Taker> taker) {
        this.enqueueing = enqueueing;
        this.groups = groups;
        this.batches = batches;
        this.compressFrom = compressFrom;
        this.taker = taker.orElse(Taker.NONE);
        groups.forEach(group -> places.add(new ArrayList<>()));
    }

    /** The one statement that is enough; null if it takes more. */
    public Transactions.Statement<List<Written>> atOnce() {
        List<Single> group = groups.get(0);
        boolean isKeyed = group.stream().map(Single::key).anyMatch(Objects::nonNull);
        if (groups.size() > 1 || (isKeyed && group.size() > 1)) {
            return null;
        }
        BitSet all = new BitSet();
        all.set(0, group.size());
        List<NewSegment> packed = pack(group, all);
        return packed.size() > 1
                ? null
                : connection -> enqueueing
                        .writeSinglesAtOnce(
                                connection, batches.apply(0), group.get(0).key(), packed.get(0), places.get(0), taker)
                        .map(List::of);
    }

    /** Writes all groups in the transaction of a connection. */
    public List<Written> run(Connection connection) throws SQLException {
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            List<Single> group = groups.get(i);
            written.add(enqueueing.writeSingles(
                    connection,
                    batches.apply(i),
                    group.stream().map(Single::key).toList(),
                    some -> pack(group, some),
                    places.get(i),
                    taker));
        }
        return written;
    }

    private List<NewSegment> pack(List<Single> group, BitSet some) {
        List<NewSegment> packed = Coalescer.pack(group, some, compressFrom);
        blocks.clear();
        packed.forEach(segment -> blocks.add(segment.block()));
        return packed;
    }

    /** Where the jobs of each group are, once they are written. */
    public List<List<JobPlace>> places() {
        return places;
    }

    /** The encoded jobs of the segments of the group that was packed last. */
    public List<byte[]> blocks() {
        return blocks;
    }
}
