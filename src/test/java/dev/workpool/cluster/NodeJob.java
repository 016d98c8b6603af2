package dev.workpool.cluster;

import dev.workpool.codec.JobCodec;
import java.nio.charset.StandardCharsets;

/**
 * A job of the tests that lose nodes.
 *
 * @param id unique among all jobs of a test
 * @param kind what it does
 * @param amount milliseconds, or bytes
 * @param payload makes it large
 */
record NodeJob(long id, Kind kind, int amount, String payload) {
    /** What a job does. Its result is its id, but for a large one. */
    enum Kind {
        /** Takes so many milliseconds. */
        TAKE,
        /** Ends when it is interrupted. */
        HOLD,
        /** Ends its process after so many milliseconds, without a word. */
        HALT,
        /** Ends its process after so many milliseconds, with all that this runs. */
        EXIT,
        /** Has a result of so many bytes, at once. */
        LARGE
    }

    static final JobCodec<NodeJob> CODEC = new JobCodec<>() {
        @Override
        public String name() {
            return "node-job";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public byte[] encode(NodeJob job) {
            return String.join(
                            " ",
                            String.valueOf(job.id()),
                            job.kind().name(),
                            String.valueOf(job.amount()),
                            job.payload())
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public NodeJob decode(int version, byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 4);
            return new NodeJob(Long.parseLong(parts[0]), Kind.valueOf(parts[1]), Integer.parseInt(parts[2]), parts[3]);
        }
    };

    static NodeJob of(long id, Kind kind, int amount) {
        return new NodeJob(id, kind, amount, "");
    }

    /** What its handler returns. */
    String expected() {
        return kind == Kind.LARGE ? "x".repeat(amount) : String.valueOf(id);
    }
}
