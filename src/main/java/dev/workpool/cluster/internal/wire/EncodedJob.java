package dev.workpool.cluster.internal.wire;

import java.util.Arrays;

/**
 * A job as bytes, in the block that it came in. Immutable: nobody changes the block.
 *
 * @param origin the session that it came in
 * @param block has others, too
 * @param from where its bytes begin
 * @param to where they end
 */
public record EncodedJob(Origin origin, byte[] block, int from, int to) {

    /** Where a job comes from. Thread-safe. */
    public interface Origin {
        /** The version of the codec by which its jobs are encoded. */
        int version();

        /** Whether a job may begin: not once the lease is over. */
        boolean mayBegin();

        /** How many bytes a result may have for whoever wants it. */
        default int maxResultBytes() {
            return Integer.MAX_VALUE;
        }
    }

    public byte[] bytes() {
        return Arrays.copyOfRange(block, from, to);
    }

    public int size() {
        return to - from;
    }

    @Override
    public String toString() {
        return "a job of " + size() + " bytes";
    }
}
