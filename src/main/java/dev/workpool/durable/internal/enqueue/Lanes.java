package dev.workpool.durable.internal.enqueue;

import java.util.function.Function;

/**
 * Tells the lane of a job in a keyed queue: jobs of the same key are in the same lane, in every process and at any
 * time. So it goes by the text of the key, since other hash codes may differ from one process to another.
 *
 * @param count how many lanes there are; 0 if the queue is not keyed
 * @param keyOf the job's key; null if the queue is not keyed
 */
public record Lanes<J>(int count, Function<? super J, ?> keyOf) {
    private static final int NONE = -1;

    public static <J> Lanes<J> none() {
        return new Lanes<>(0, null);
    }

    public boolean areUsed() {
        return count > 0;
    }

    /** The lane of a job: 0 or more, or −1 if the queue is not keyed. Calls users' code. */
    public int of(J job) {
        if (keyOf == null) {
            return NONE;
        }
        int hash = keyText(job).hashCode() * 0x9E3779B9; // neighbours apart
        return Math.floorMod(hash ^ hash >>> 16, count);
    }

    /** The text of a job's key. Calls users' code. */
    public String keyText(J job) {
        return String.valueOf(keyOf.apply(job));
    }
}
