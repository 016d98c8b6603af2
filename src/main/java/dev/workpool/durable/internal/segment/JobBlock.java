package dev.workpool.durable.internal.segment;

import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;

/**
 * The encoded jobs of a segment, in one block of bytes: their number, their indices in the batch unless these follow
 * each other, their lengths, and then one after another.
 */
public final class JobBlock {
    private static final int IN_ORDER = 0;
    private static final int WITH_INDICES = 1;

    /** Of a block that cannot be read. */
    public static final JobBlock EMPTY = new JobBlock(new byte[0][], null);

    private final byte[][] jobs;

    /** Null if they follow each other. */
    private final long[] indices;

    private JobBlock(byte[][] jobs, long[] indices) {
        this.jobs = jobs;
        this.indices = indices;
    }

    /**
     * Reads a block.
     *
     * @throws DamagedBlock if it is none
     */
    public static JobBlock read(byte[] block) {
        ByteReader reader = Compression.unpack(block);
        int count = reader.getSize(); // each has a length of at least a byte
        int form = reader.getByte();
        if (form != IN_ORDER && form != WITH_INDICES) {
            throw new DamagedBlock("its indices are of form " + form);
        }
        long[] indices = form == WITH_INDICES ? readIndices(reader, count) : null;
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = (int) Math.min(Integer.MAX_VALUE, reader.getNumber());
        }
        byte[][] jobs = new byte[count][];
        for (int i = 0; i < count; i++) {
            jobs[i] = reader.getBytes(lengths[i]);
        }
        return new JobBlock(jobs, indices);
    }

    private static long[] readIndices(ByteReader reader, int count) {
        long[] indices = new long[count];
        long before = 0;
        for (int i = 0; i < count; i++) {
            before += reader.getNumber();
            indices[i] = before;
        }
        return indices;
    }

    public int size() {
        return jobs.length;
    }

    /**
     * The encoded job at a place in the block.
     *
     * @throws DamagedBlock if there is none
     */
    public byte[] job(int place) {
        if (place < 0 || place >= jobs.length) {
            throw new DamagedBlock("there is no job " + place + " of " + jobs.length);
        }
        return jobs[place];
    }

    /** The index in its batch of the job at a place, if the first is the job with that number. */
    public long index(long first, int place) {
        return indices == null ? first + place : indices[place];
    }

    /** Makes a block. Not thread-safe. */
    public static final class Writer {
        private final ByteWriter indices = new ByteWriter(16);
        private final ByteWriter lengths = new ByteWriter(1024);
        private final ByteWriter bytes = new ByteWriter(4096);
        private int jobs;
        private long before;

        /** Appends a job whose index follows that of the one before. */
        public void add(byte[] job) {
            lengths.putNumber(job.length);
            bytes.putBytes(job);
            jobs++;
        }

        /** Appends a job whose index is greater than that of the one before. All jobs of a block are added so, or none. */
        public void add(long index, byte[] job) {
            indices.putNumber(index - before);
            before = index;
            add(job);
        }

        public int jobs() {
            return jobs;
        }

        /** How large the block is so far. */
        public int size() {
            return indices.size() + lengths.size() + bytes.size();
        }

        /**
         * Returns the block.
         *
         * @param compressFrom the size in bytes from which on it is compressed
         */
        public byte[] toBytes(int compressFrom) {
            ByteWriter block = new ByteWriter(size() + 8);
            block.putNumber(jobs);
            block.putByte(indices.size() > 0 ? WITH_INDICES : IN_ORDER);
            block.putAll(indices);
            block.putAll(lengths);
            block.putAll(bytes);
            return Compression.pack(block, compressFrom);
        }
    }
}
