package dev.workpool.internal.event;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchInfo.Kind;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names what was submitted, for logs and people.
 *
 * @param kind what it is
 * @param id unlike that of any other in this JVM, and later ones are greater
 * @param name the user's, or an empty string
 */
public record Label(Kind kind, long id, String name) {
    private static final AtomicLong LAST_ID = new AtomicLong();

    public static Label ofBatch(String name) {
        return of(Kind.BATCH, name);
    }

    public static Label ofStream(String name) {
        return of(Kind.STREAM, name);
    }

    public static Label ofJob() {
        return of(Kind.JOB, "");
    }

    private static Label of(Kind kind, String name) {
        return new Label(kind, LAST_ID.incrementAndGet(), name);
    }

    /** Whether it is a single job, and not jobs that were submitted together. */
    public boolean isOfOneJob() {
        return kind == Kind.JOB;
    }

    /** Whether its jobs come one after another. */
    public boolean isOfStream() {
        return kind == Kind.STREAM;
    }

    /** The id, and the name if it has one. */
    public String idAndName() {
        return name.isEmpty() ? Long.toString(id) : id + " '" + name + "'";
    }

    BatchInfo toInfo(String pool) {
        return new BatchInfo(pool, kind, id, name);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + idAndName();
    }
}
