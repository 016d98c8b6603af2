package dev.workpool.durable.internal.enqueue;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.JobPlace;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Writes jobs that come one by one together: those that come while a transaction is under way go into the next. So a
 * job that comes alone waits for nothing, and a thousand at a time cost what one costs.
 *
 * <p>Any thread may submit. {@code waiting} and {@code writing} are guarded by this.
 */
public final class Coalescer {
    private static final int MOST_JOBS = 1_000;
    private static final long MOST_BYTES = 4L << 20;

    /**
     * A job by itself.
     *
     * @param key its idempotency key; null if it has none
     * @param when what it has in common with those that it is written with
     */
    public record Single(byte[] job, int lane, String key, When when, CompletableFuture<JobPlace> place) {}

    /**
     * When a job runs.
     *
     * @param runAt absolutely, in milliseconds since 1970; null if after a delay
     */
    public record When(int priority, Long runAt, long delayMs) {
        /** Whether it is due when it is enqueued. */
        public boolean isNow() {
            return runAt == null && delayMs == 0;
        }
    }

    private final Function<List<List<Single>>, CompletableFuture<Runnable>> writer;
    private final Deque<Single> waiting = new ArrayDeque<>();
    private boolean writing;

    /**
     * A coalescer.
     *
     * @param writer writes groups of jobs, each of one {@link When}, in one transaction; what its stage completes with
     *     completes their places. It runs once the next transaction is on its way, since what waits for the places is
     *     users' code, which may wait for others
     */
    public Coalescer(Function<List<List<Single>>, CompletableFuture<Runnable>> writer) {
        this.writer = writer;
    }

    public void submit(Single single) {
        synchronized (this) {
            waiting.add(single);
            if (writing) {
                return;
            }
            writing = true;
        }
        writeNext();
    }

    private void writeNext() {
        List<Single> next = new ArrayList<>();
        synchronized (this) {
            long bytes = 0;
            while (!waiting.isEmpty() && next.size() < MOST_JOBS && bytes < MOST_BYTES) {
                Single single = waiting.poll();
                bytes += single.job().length;
                next.add(single);
            }
            if (next.isEmpty()) {
                writing = false;
                return;
            }
        }
        Map<When, List<Single>> groups = new LinkedHashMap<>();
        next.forEach(single ->
                groups.computeIfAbsent(single.when(), when -> new ArrayList<>()).add(single));
        CompletableFuture<Runnable> written;
        try {
            written = writer.apply(List.copyOf(groups.values()));
        } catch (RuntimeException | Error e) {
            written = CompletableFuture.failedFuture(e);
        }
        written.whenComplete((tell, failure) -> {
            writeNext();
            if (failure == null) {
                tell.run();
            } else {
                next.forEach(single -> single.place().completeExceptionally(failure));
            }
        });
    }

    /** Packs those of a group that are at these places: one segment, or one for each lane. */
    public static List<NewSegment> pack(List<Single> group, BitSet some, int compressFrom) {
        if (group.get(0).lane() < 0) {
            JobBlock.Writer block = new JobBlock.Writer();
            for (int i = some.nextSetBit(0); i < some.length(); i++) {
                block.add(some.get(i) ? group.get(i).job() : new byte[0]);
            }
            return List.of(new NewSegment(JobSet.of(0, some), -1, block.toBytes(compressFrom)));
        }
        Map<Integer, JobBlock.Writer> blocks = new TreeMap<>();
        for (int i = some.nextSetBit(0); i >= 0; i = some.nextSetBit(i + 1)) {
            blocks.computeIfAbsent(group.get(i).lane(), lane -> new JobBlock.Writer())
                    .add(i, group.get(i).job());
        }
        List<NewSegment> segments = new ArrayList<>();
        int numbered = 0;
        for (Map.Entry<Integer, JobBlock.Writer> each : blocks.entrySet()) {
            JobBlock.Writer block = each.getValue();
            segments.add(
                    new NewSegment(JobSet.range(numbered, block.jobs()), each.getKey(), block.toBytes(compressFrom)));
            numbered += block.jobs();
        }
        return segments;
    }
}
