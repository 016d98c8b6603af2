package dev.workpool.job;

import java.util.Locale;

/**
 * Names what was submitted, for observers.
 *
 * @param pool the pool's name
 * @param kind what it is
 * @param id unlike that of any other in this JVM; later ones have greater ids
 * @param name what it was called in its options, or an empty string
 */
public record BatchInfo(String pool, Kind kind, long id, String name) {
    /** What can be submitted. */
    public enum Kind {
        /** A batch. */
        BATCH,
        /** A stream, which does not know how many jobs it has. */
        STREAM,
        /** A single job with options, which is a batch of one. */
        JOB
    }

    /**
     * As logs name it.
     *
     * @return for instance {@code batch 7 'invoices'}
     */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + id + (name.isEmpty() ? "" : " '" + name + "'");
    }
}
