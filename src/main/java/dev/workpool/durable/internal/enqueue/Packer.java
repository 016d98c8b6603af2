package dev.workpool.durable.internal.enqueue;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Packs encoded jobs into segments: as they come, or those of a lane together. Gives each segment away when it is full.
 * Not thread-safe.
 */
public final class Packer<J> {
    private final Encoder<J> encoder;
    private final Lanes<J> lanes;
    private final int mostJobs;
    private final int mostBytes;
    private final int compressFrom;
    private final Consumer<NewSegment> full;
    private final Map<Integer, JobBlock.Writer> open = new TreeMap<>();
    private long jobs;
    private long numbered;

    /**
     * An empty packer.
     *
     * @param mostJobs of a segment
     * @param mostBytes of a segment, unless it is one job
     * @param compressFrom how large a block is compressed
     * @param full takes a segment that is full
     */
    public Packer(
            Encoder<J> encoder,
            Lanes<J> lanes,
            int mostJobs,
            int mostBytes,
            int compressFrom,
            Consumer<NewSegment> full) {
        this.encoder = encoder;
        this.lanes = lanes;
        this.mostJobs = mostJobs;
        this.mostBytes = mostBytes;
        this.compressFrom = compressFrom;
        this.full = full;
    }

    /** Appends a job. Calls users' code; what that throws leaves the packer as it was. */
    public void add(J job) {
        byte[] bytes = encoder.encode(job, jobs);
        int lane = lanes.of(job);
        JobBlock.Writer block = open.computeIfAbsent(lane, key -> new JobBlock.Writer());
        if (block.jobs() > 0 && block.size() + bytes.length > mostBytes) {
            giveAway(lane, block);
            block = new JobBlock.Writer();
            open.put(lane, block);
        }
        if (lanes.areUsed()) {
            block.add(jobs, bytes);
        } else {
            block.add(bytes);
        }
        jobs++;
        if (block.jobs() >= mostJobs) {
            giveAway(lane, block);
            open.remove(lane);
        }
    }

    /** Gives away what is not full. */
    public void finish() {
        open.forEach(this::giveAway);
        open.clear();
    }

    /** How many jobs were added. */
    public long jobs() {
        return jobs;
    }

    private void giveAway(int lane, JobBlock.Writer block) {
        full.accept(new NewSegment(JobSet.range(numbered, block.jobs()), lane, block.toBytes(compressFrom)));
        numbered += block.jobs();
    }
}
