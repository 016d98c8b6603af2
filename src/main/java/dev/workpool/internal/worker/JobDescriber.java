package dev.workpool.internal.worker;

import dev.workpool.internal.event.Label;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Says in words which job is meant: what the pool's describer says of it, its index, and its batch. Calls users' code,
 * and so is not for an actor's thread. Thread-safe; never throws what the describer does.
 */
public final class JobDescriber {
    private static final long SECOND_MS = 1_000;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    private final Function<Object, String> describer;

    public JobDescriber(WorkerPoolSettings settings) {
        this.describer = settings.jobDescriber();
    }

    /** The job alone, without its batch. */
    String job(Object packed) {
        if (packed == null) {
            return "a job that has ended since"; // of a stream, which lets go of those
        }
        Object job = JobCarrier.unpacked(packed);
        String type = job.getClass().getName();
        try {
            String said = describer.apply(job);
            return said == null ? type + " (its describer returned null)" : onOneLine(said);
        } catch (Throwable t) {
            return type + " (its describer threw " + words(t) + ")";
        }
    }

    /** A log's line and a thread's name are to stay one. */
    private static String onOneLine(String text) {
        return CONTROL.matcher(text).replaceAll(" ");
    }

    private static String words(Throwable thrown) {
        try {
            return onOneLine(thrown.toString());
        } catch (Throwable unprintable) {
            return thrown.getClass().getName();
        }
    }

    /** The job and where it belongs. */
    String of(Chunk<?, ?> chunk, int position) {
        return of(job(chunk.job(position)), chunk.label(), chunk.index(position));
    }

    private static String of(String job, Label label, long index) {
        if (label == null) {
            return job;
        }
        return job + (label.isOfOneJob() ? ", " : ", index " + index + " of ") + label;
    }

    /**
     * A job that runs, for a log: which one it is, for how long it has run, and what it is doing.
     *
     * @param task its chunk
     * @param position the job
     * @param age how long it has run
     * @param doing what it is doing, in words
     */
    public String running(Task<?, ?> task, int position, Duration age, String doing) {
        return of(task.chunk, position) + ", attempt " + task.chunk.attempt() + ", for " + words(age) + ": " + doing;
    }

    static String words(Duration age) {
        long ms = age.toMillis();
        return ms < SECOND_MS ? ms + " ms" : String.format(Locale.ROOT, "%.1f s", (double) ms / SECOND_MS);
    }
}
