package dev.workpool.cluster.internal.wire;

import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.JobPolicy.Deadline;
import dev.workpool.job.BatchInfo;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * Neighbouring jobs of a batch as bytes: how they are to be run, their lengths, and then one after another.
 *
 * @param grant the number of the grant that they are of, in the session
 * @param weights of the pool's batches of this priority, together
 * @param batchId their batch
 * @param attempt at them
 * @param first index of the first in the batch
 * @param policy how they are run; a deadline is as far away as it was when they were written
 * @param label names the batch; null for jobs that were submitted by themselves
 * @param jobs each of them
 */
public record JobsBlock(
        long grant,
        long weights,
        long batchId,
        int attempt,
        long first,
        JobPolicy policy,
        Label label,
        EncodedJob[] jobs) {
    private static final EncodedJob[] NO_JOBS = {};

    private static final int RETRY_TIMEOUTS = 1;
    private static final int KEYED = 2;
    private static final int AT_REST = 4;
    private static final int WITH_TIMEOUT = 8;
    private static final int WITH_DEADLINE = 16;
    private static final int WITH_LABEL = 32;

    /** Priorities are written as numbers that are not negative. */
    private static final long PRIORITY_OFFSET = 1L << 31;

    /** What a retry policy allows. */
    private static final int MOST_ATTEMPTS = 1_000;

    /**
     * What the beginning of a block says of all of it.
     *
     * @param batchId the batch of its jobs
     * @param attempt at them
     * @param first index of the first in the batch
     * @param lengths how many bytes each has
     * @param bytes how many the block has
     */
    public record Head(long batchId, int attempt, long first, int[] lengths, long bytes) {
        /** How many bytes the largest job has. */
        public int largest() {
            int largest = 0;
            for (int length : lengths) {
                largest = Math.max(largest, length);
            }
            return largest;
        }
    }

    /**
     * Reads the beginning of a block.
     *
     * @param beginning some of what a {@link Writer} wrote, or all of it
     * @return null if it does not have the lengths of all jobs
     */
    public static Head head(byte[] beginning) {
        ByteReader in = new ByteReader(beginning);
        try {
            JobsBlock block = readUpToJobs(in, 0);
            int count = in.getSize(); // each length has a byte at least
            int[] lengths = new int[count];
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                lengths[i] = (int) in.getNumber(0, Integer.MAX_VALUE);
                bytes += lengths[i];
            }
            return new Head(block.batchId, block.attempt, block.first, lengths, in.position() + bytes);
        } catch (DamagedBlock endsTooSoon) {
            return null;
        }
    }

    /**
     * Reads a block.
     *
     * @param bytes what a {@link Writer} wrote
     * @param origin where it comes from
     * @param nowNs the time, from which a deadline counts
     * @throws dev.workpool.codec.bytes.DamagedBlock if it is none
     */
    public static JobsBlock read(byte[] bytes, EncodedJob.Origin origin, long nowNs) {
        ByteReader in = new ByteReader(bytes);
        return readUpToJobs(in, nowNs).with(getJobs(in, bytes, origin));
    }

    private JobsBlock with(EncodedJob[] all) {
        return new JobsBlock(grant, weights, batchId, attempt, first, policy, label, all);
    }

    private static JobsBlock readUpToJobs(ByteReader in, long nowNs) {
        long grant = getLong(in, 0);
        long weights = getLong(in, 1);
        long batchId = getLong(in, 0);
        int attempt = getInt(in, 1);
        long first = getLong(in, 0);
        int flags = in.getByte();
        Optional<Duration> timeout = (flags & WITH_TIMEOUT) == 0 ? Optional.empty() : Optional.of(getDuration(in));
        Optional<Deadline> deadline = (flags & WITH_DEADLINE) == 0
                ? Optional.empty()
                : Optional.of(new Deadline(getDuration(in), nowNs + getLong(in, 0)));
        RetryPolicy retry = RetryPolicy.attempts((int) in.getNumber(1, MOST_ATTEMPTS));
        int permits = getInt(in, 1);
        int priority = (int) (in.getNumber(0, 2 * PRIORITY_OFFSET - 1) - PRIORITY_OFFSET);
        int weight = getInt(in, 1);
        JobPolicy policy = new JobPolicy(
                timeout,
                (flags & RETRY_TIMEOUTS) == 0 ? retry : retry.withTimeouts(true),
                deadline,
                (flags & KEYED) != 0,
                (flags & AT_REST) != 0,
                permits,
                priority,
                weight);
        Label label = (flags & WITH_LABEL) == 0 ? null : new Label(getKind(in), getLong(in, 0), in.getText());
        return new JobsBlock(grant, weights, batchId, attempt, first, policy, label, NO_JOBS);
    }

    private static EncodedJob[] getJobs(ByteReader in, byte[] bytes, EncodedJob.Origin origin) {
        int count = in.getSize();
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = in.getSize();
        }
        EncodedJob[] jobs = new EncodedJob[count];
        int at = in.position();
        for (int i = 0; i < count; i++) {
            in.skip(lengths[i]);
            jobs[i] = new EncodedJob(origin, bytes, at, at + lengths[i]);
            at += lengths[i];
        }
        return jobs;
    }

    private static Duration getDuration(ByteReader in) {
        return Duration.ofNanos(getLong(in, 0));
    }

    private static BatchInfo.Kind getKind(ByteReader in) {
        String name = in.getText();
        try {
            return BatchInfo.Kind.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new DamagedBlock("jobs of the unknown kind " + name);
        }
    }

    private static long getLong(ByteReader in, long least) {
        return in.getNumber(least, Long.MAX_VALUE);
    }

    private static int getInt(ByteReader in, int least) {
        return (int) in.getNumber(least, Integer.MAX_VALUE);
    }

    /** Makes a block. Not thread-safe. */
    public static final class Writer {
        private final ByteWriter lengths = new ByteWriter(1024);
        private final ByteWriter bytes = new ByteWriter(8192);
        private int jobs;

        /** Appends a job. */
        public void add(byte[] job) {
            lengths.putNumber(job.length);
            bytes.putBytes(job);
            jobs++;
        }

        public int jobs() {
            return jobs;
        }

        /** How many bytes there are so far. */
        public int size() {
            return lengths.size() + bytes.size();
        }

        /**
         * Returns the block, and begins another.
         *
         * @param grant the number of the grant
         * @param weights of the pool's batches of this priority, together
         * @param batchId of the jobs' batch
         * @param attempt at them
         * @param first index of the first
         * @param policy how they are run
         * @param label names the batch, or null
         * @param nowNs the time, from which a deadline counts
         */
        public byte[] toBytes(
                long grant,
                long weights,
                long batchId,
                int attempt,
                long first,
                JobPolicy policy,
                Label label,
                long nowNs) {
            ByteWriter block = new ByteWriter(size() + 128);
            block.putNumber(grant);
            block.putNumber(weights);
            block.putNumber(batchId);
            block.putNumber(attempt);
            block.putNumber(first);
            put(block, policy, label, nowNs);
            block.putNumber(jobs);
            block.putAll(lengths);
            block.putAll(bytes);
            lengths.clear();
            bytes.clear();
            jobs = 0;
            return block.toBytes();
        }

        private static void put(ByteWriter block, JobPolicy policy, Label label, long nowNs) {
            int flags = (policy.retry().timeouts() ? RETRY_TIMEOUTS : 0)
                    | (policy.keyed() ? KEYED : 0)
                    | (policy.atRest() ? AT_REST : 0)
                    | (policy.timeout().isPresent() ? WITH_TIMEOUT : 0)
                    | (policy.deadline().isPresent() ? WITH_DEADLINE : 0)
                    | (label != null ? WITH_LABEL : 0);
            block.putByte(flags);
            policy.timeout().ifPresent(timeout -> block.putNumber(timeout.toNanos()));
            policy.deadline().ifPresent(deadline -> {
                block.putNumber(deadline.timeout().toNanos());
                block.putNumber(Math.max(0, deadline.endsNs() - nowNs));
            });
            block.putNumber(policy.retry().maxAttempts());
            block.putNumber(policy.permits());
            block.putNumber(policy.priority() + PRIORITY_OFFSET);
            block.putNumber(policy.weight());
            if (label != null) {
                block.putText(label.kind().name());
                block.putNumber(label.id());
                block.putText(label.name());
            }
        }
    }
}
