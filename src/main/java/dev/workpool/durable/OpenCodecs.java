package dev.workpool.durable;

import dev.workpool.codec.JobCodec;
import java.util.HashMap;
import java.util.Map;

/**
 * With what the queues of a store are open in this process. Two codecs of which neither decodes the other's jobs are a
 * mistake: what one of them enqueues, the other's workers could not run. Thread-safe.
 */
final class OpenCodecs {
    /** By the names of the queues. Guarded by this. */
    private final Map<String, JobCodec<?>> open = new HashMap<>();

    /**
     * Notes that a queue is opened.
     *
     * @return whether it was not open before
     * @throws IllegalStateException if it is open with another codec
     */
    synchronized boolean add(String queue, JobCodec<?> codec) {
        JobCodec<?> first = open.putIfAbsent(queue, codec);
        if (first != null && !decodes(first, codec) && !decodes(codec, first)) {
            throw new IllegalStateException("queue '" + queue + "' is open in this process with codec " + named(first)
                    + ", and cannot be opened with codec " + named(codec)
                    + ", since neither decodes what the other one encodes");
        }
        return first == null;
    }

    /** Forgets a queue that could not be opened. */
    synchronized void remove(String queue) {
        open.remove(queue);
    }

    private static boolean decodes(JobCodec<?> one, JobCodec<?> other) {
        return one.decodes(other.name(), other.version());
    }

    private static String named(JobCodec<?> codec) {
        return "\"" + codec.name() + "\" version " + codec.version();
    }
}
