package dev.workpool.job;

import java.util.Objects;

/**
 * How far a running job is, as its handler has reported. Immutable.
 *
 * @param done what is done, in any unit: 0 or more
 * @param total all there is to do, in the same unit: 0 or more, 0 if it is not known
 * @param note what the handler says about it; may be empty
 */
public record JobProgress(long done, long total, String note) {
    /**
     * Checks the numbers.
     *
     * @param done 0 or more
     * @param total 0 or more
     * @param note not null
     * @throws IllegalArgumentException if a number is negative
     */
    public JobProgress {
        if (done < 0) {
            throw new IllegalArgumentException("done = " + done + "; allowed: 0 or more");
        }
        if (total < 0) {
            throw new IllegalArgumentException("total = " + total + "; allowed: 0 or more");
        }
        Objects.requireNonNull(note, "note");
    }

    /**
     * The part that is done.
     *
     * @return done / total, but 1 at most; 0 if the total is not known
     */
    public double fraction() {
        return total == 0 ? 0 : Math.min(1, (double) done / total);
    }
}
