package dev.workpool.internal.slice;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Names what was submitted, for logs and people.
 *
 * @param kind what it is, in a word
 * @param id unlike that of any other in this JVM, and later ones are greater
 * @param name the user's, or an empty string
 */
public record Label(String kind, long id, String name) {
    private static final String JOB = "job";

    private static final AtomicLong LAST_ID = new AtomicLong();

    public static Label ofBatch(String name) {
        return of("batch", name);
    }

    public static Label ofStream(String name) {
        return of("stream", name);
    }

    public static Label ofJob() {
        return of(JOB, "");
    }

    private static Label of(String kind, String name) {
        return new Label(kind, LAST_ID.incrementAndGet(), name);
    }

    /** Whether it is a single job, and not jobs that were submitted together. */
    public boolean isOfOneJob() {
        return kind.equals(JOB);
    }

    /** The id, and the name if it has one. */
    public String idAndName() {
        return name.isEmpty() ? Long.toString(id) : id + " '" + name + "'";
    }

    @Override
    public String toString() {
        return kind + " " + idAndName();
    }
}
