package dev.workpool.internal.slice;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Slices for tests: the job at an index of a batch is the index. */
public final class Slices {
    private Slices() {}

    /** A batch without a collector, for those that never talk to it. */
    public static Slice.BatchRef<String> batch(long id) {
        return new Slice.BatchRef<>(id, null, JobPolicy.NONE);
    }

    public static Slice<String> slice(long batchId, int first, int count) {
        return slice(batch(batchId), first, count);
    }

    public static Slice<String> slice(Slice.BatchRef<String> batch, int first, int count) {
        return new Slice<>(
                batch, first, IntStream.range(first, first + count).boxed().toArray(), 0, count, 1);
    }

    /** Which jobs a slice means, as "batch:index", by what its array holds and not by what it says. */
    public static List<String> jobs(Slice<?> slice) {
        List<String> jobs = new ArrayList<>();
        for (int i = slice.from(); i < slice.to(); i++) {
            jobs.add(slice.batch().id() + ":" + slice.jobs()[i]);
        }
        return jobs;
    }
}
