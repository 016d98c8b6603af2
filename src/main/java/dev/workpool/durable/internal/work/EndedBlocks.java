package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.Payloads;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the encoded jobs deleted that nobody needs any more, soon after the last of a block was acknowledged: those of
 * many acknowledgements in one transaction, which keeps none of them waiting. What a process that dies leaves behind
 * goes with the retention of its batch. Thread-safe.
 */
final class EndedBlocks {
    private static final Logger log = LoggerFactory.getLogger(EndedBlocks.class);

    /** So many at a time, so that nobody waits for long for the one writer of SQLite. */
    private static final int MOST_AT_ONCE = 500;

    private final Database database;
    private final Queue<SegmentRow> ended = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isDropping = new AtomicBoolean();

    EndedBlocks(Database database) {
        this.database = database;
    }

    /**
     * A segment was acknowledged to its end; other parts of its block may be left, which is looked up then.
     *
     * @return the segment
     */
    <J> Held<J> add(Held<J> segment) {
        ended.add(segment.claimed);
        return segment;
    }

    /** Deletes what there is, unless that is under way. */
    void drop() {
        if (ended.isEmpty() || !isDropping.compareAndSet(false, true)) {
            return;
        }
        List<SegmentRow> some = new ArrayList<>();
        for (SegmentRow next; some.size() < MOST_AT_ONCE && (next = ended.poll()) != null; ) {
            some.add(next);
        }
        database.transactions()
                .work(connection -> {
                    new Payloads(database.names()).dropEnded(connection, some);
                    return null;
                })
                .whenComplete((done, failure) -> {
                    isDropping.set(false);
                    if (failure != null) {
                        log.debug("encoded jobs that are over could not be deleted; that is tried again", failure);
                        ended.addAll(some);
                    } else if (some.size() == MOST_AT_ONCE) {
                        drop();
                    }
                });
    }
}
