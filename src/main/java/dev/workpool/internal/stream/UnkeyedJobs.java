package dev.workpool.internal.stream;

import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.slice.Slice;
import java.util.ArrayDeque;

/** Grants a stream's jobs as they come, directly from the buffer that the source's reader fills. */
final class UnkeyedJobs<J, R> implements StreamJobs<R> {
    private final Slice.BatchRef<R> batch;
    private final StreamLedger<J, R> ledger;
    private final StreamBufferReader reader;
    private long ready;
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();

    /** How many jobs were accepted, and how many of them taken. */
    private long accepted;

    private long taken;

    /**
     * Jobs that were accepted together.
     *
     * @param end one past the last of them
     * @param ns when
     */
    private record Arrival(long end, long ns) {}

    UnkeyedJobs(Slice.BatchRef<R> batch, StreamBuffer streamBuffer, StreamLedger<J, R> ledger) {
        this.batch = batch;
        this.ledger = ledger;
        this.reader = new StreamBufferReader(streamBuffer);
    }

    @Override
    public long ready() {
        return ready;
    }

    @Override
    public long taken() {
        return taken;
    }

    @Override
    public void accept(long count, long nowNs) {
        ready += count;
        accepted += count;
        if (nowNs != PoolGauges.NOTHING) {
            arrivals.addLast(new Arrival(accepted, nowNs));
        }
    }

    @Override
    public Slice<R> take(int max) {
        Segment segment = reader.segment();
        int from = reader.offset();
        if (from == 0) {
            ledger.open(segment);
        }
        int count = reader.advance((int) Math.min(max, ready));
        ready -= count;
        long queuedNs = arrivedNs();
        taken += count;
        return new Slice<>(batch, segment.base, segment.jobs, from, from + count, 1, queuedNs);
    }

    /** When the next job to be taken was accepted. */
    private long arrivedNs() {
        while (!arrivals.isEmpty() && arrivals.peekFirst().end() <= taken) {
            arrivals.removeFirst();
        }
        return arrivals.isEmpty() ? PoolGauges.NOTHING : arrivals.peekFirst().ns();
    }
}
