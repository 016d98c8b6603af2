package dev.workpool.internal.source;

import java.util.Iterator;
import java.util.function.Supplier;

/** Takes jobs from an iterator, only when there is room for them. */
final class IteratorSource<J> implements JobSource<J> {
    private final Supplier<? extends Iterator<? extends J>> iterator;
    private final Object closeable;

    /**
     * A source.
     *
     * @param iterator made on the thread that takes jobs
     * @param closeable closed in the end, if it can be
     */
    IteratorSource(Supplier<? extends Iterator<? extends J>> iterator, Object closeable) {
        this.iterator = iterator;
        this.closeable = closeable;
    }

    @Override
    public void pull(Sink<J> sink) {
        Iterator<? extends J> jobs = iterator.get();
        long limit = 0;
        for (long taken = 0; ; taken++) {
            if (taken == limit) {
                limit = sink.await(taken);
                if (limit == Window.CLOSED) {
                    return;
                }
            }
            if (!jobs.hasNext()) {
                return;
            }
            J job = jobs.next();
            if (job == null) {
                throw new NullPointerException("job at index " + taken + " of the source is null");
            }
            if (!sink.offer(job)) {
                return;
            }
        }
    }

    @Override
    public void close() throws Exception {
        if (closeable instanceof AutoCloseable it) {
            it.close();
        }
    }
}
