package dev.workpool.internal.router;

/**
 * Tells chunks apart and keeps them in order: those of a batch together, by their first job.
 *
 * @param batchId the batch
 * @param first index of the first job
 * @param number unique, since a job that is tried again may be in two chunks
 */
record ChunkKey(long batchId, long first, long number) implements Comparable<ChunkKey> {

    /** Before all of a batch. */
    static ChunkKey beginOf(long batchId) {
        return new ChunkKey(batchId, Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /** After all of a batch that begin with a job or before. */
    static ChunkKey upTo(long batchId, long index) {
        return new ChunkKey(batchId, index, Long.MAX_VALUE);
    }

    @Override
    public int compareTo(ChunkKey other) {
        if (batchId != other.batchId) {
            return Long.compare(batchId, other.batchId);
        }
        return first != other.first ? Long.compare(first, other.first) : Long.compare(number, other.number);
    }
}
