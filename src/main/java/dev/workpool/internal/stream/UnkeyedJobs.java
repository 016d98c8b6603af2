package dev.workpool.internal.stream;

import dev.workpool.internal.slice.Slice;

/** Grants a stream's jobs as they come, directly from the buffer that the source's reader fills. */
final class UnkeyedJobs<J, R> implements StreamJobs<R> {
    private final Slice.BatchRef<R> batch;
    private final StreamLedger<J, R> ledger;
    private final StreamBufferReader reader;
    private long ready;

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
    public void accept(long count) {
        ready += count;
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
        return new Slice<>(batch, segment.base, segment.jobs, from, from + count, 1);
    }
}
