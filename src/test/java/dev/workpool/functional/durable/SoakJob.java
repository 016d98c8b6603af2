package dev.workpool.functional.durable;

import dev.workpool.codec.JobCodec;
import java.nio.charset.StandardCharsets;

/**
 * A job of the soak.
 *
 * @param id unique among all jobs
 * @param kind what it does
 */
record SoakJob(long id, Kind kind) {
    /** What a job does. */
    enum Kind {
        /** Ends well, soon. */
        QUICK,
        /** Takes a moment. */
        SLOW,
        /** Fails now and then, and is tried again. */
        FLAKY,
        /** Ends its process. */
        POISON
    }

    /** A codec that writes a version of a format that has two, and reads all up to it. */
    static JobCodec<SoakJob> codec(int version) {
        return new JobCodec<>() {
            @Override
            public String name() {
                return "soak";
            }

            @Override
            public int version() {
                return version;
            }

            @Override
            public byte[] encode(SoakJob job) {
                String text = version == 1 ? job.id() + " " + job.kind() : job.kind() + ":" + job.id();
                return text.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public SoakJob decode(int encodedBy, byte[] bytes) {
                String[] parts = new String(bytes, StandardCharsets.UTF_8).split(encodedBy == 1 ? " " : ":", 2);
                return new SoakJob(
                        Long.parseLong(parts[encodedBy == 1 ? 0 : 1]), Kind.valueOf(parts[encodedBy == 1 ? 1 : 0]));
            }
        };
    }
}
