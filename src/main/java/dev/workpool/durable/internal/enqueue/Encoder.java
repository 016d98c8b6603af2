package dev.workpool.durable.internal.enqueue;

import dev.workpool.codec.JobCodec;

/** Encodes jobs with the codec of a queue, and says which job it was that could not be. Calls users' code. */
public final class Encoder<J> {
    private final String queue;
    private final JobCodec<J> codec;
    private final int mostBytes;

    public Encoder(String queue, JobCodec<J> codec, int mostBytes) {
        this.queue = queue;
        this.codec = codec;
        this.mostBytes = mostBytes;
    }

    /**
     * Encodes a job.
     *
     * @param index its index in its batch, for messages
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it cannot be encoded, or is too large
     */
    public byte[] encode(J job, long index) {
        if (job == null) {
            throw new NullPointerException("job " + index + " for queue '" + queue + "' is null");
        }
        byte[] bytes;
        try {
            bytes = codec.encode(job);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalArgumentException(
                    "job " + index + " for queue '" + queue + "' cannot be encoded by " + codec + ": " + e, e);
        }
        if (bytes == null) {
            throw new IllegalArgumentException(
                    "job " + index + " for queue '" + queue + "' was encoded as null by " + codec);
        } else if (bytes.length > mostBytes) {
            throw new IllegalArgumentException("job " + index + " for queue '" + queue + "' has " + bytes.length
                    + " bytes; allowed by workpool.durable.queues." + queue + ".max-job-bytes: up to " + mostBytes);
        }
        return bytes;
    }
}
