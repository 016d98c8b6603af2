package dev.workpool.cli.job;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a run ends before all its jobs have run, in GNU parallel's words.
 *
 * @param text as the user said it
 * @param when whether what runs is cancelled as well
 * @param what which jobs count
 * @param number how many of them, or which percentage
 * @param percent whether it is a percentage
 */
public record Halt(String text, When when, What what, double number, boolean percent) {
    /** Runs all jobs. */
    public static final Halt NEVER = new Halt("never", When.NEVER, What.DONE, 0, false);

    /** Fewer say little about the rest: one failure of one job is 100 %. */
    private static final int FEWEST_FOR_PERCENT = 3;

    private static final Pattern CONDITION =
            Pattern.compile("(now|soon),(fail|success|done)=(\\d{1,12}|\\d{1,3}(?:\\.\\d{1,9})?%)");

    /** What happens once the condition is reached. */
    public enum When {
        NEVER,
        SOON,
        NOW
    }

    /** The jobs that count. */
    enum What {
        FAIL,
        SUCCESS,
        DONE
    }

    /**
     * Reads a condition.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Halt parse(String text) {
        if (text.equals(NEVER.text)) {
            return NEVER;
        }
        Matcher parts = CONDITION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a condition: " + text);
        }
        boolean percent = parts.group(3).endsWith("%");
        double number = Double.parseDouble(parts.group(3).replace("%", ""));
        if (percent ? number <= 0 || number > 100 : number < 1) {
            throw new IllegalArgumentException("out of range: " + text);
        }
        return new Halt(
                text,
                When.valueOf(parts.group(1).toUpperCase(Locale.ROOT)),
                What.valueOf(parts.group(2).toUpperCase(Locale.ROOT)),
                number,
                percent);
    }

    /**
     * Whether it is time.
     *
     * @param ended what has ended so far
     * @param total how many jobs there will be; −1 as long as nobody knows
     */
    boolean isReached(Tally ended, long total) {
        if (when == When.NEVER) {
            return false;
        }
        long counted = switch (what) {
            case FAIL -> ended.failed();
            case SUCCESS -> ended.succeeded();
            case DONE -> ended.done();
        };
        if (!percent) {
            return counted >= number;
        }
        return ended.done() >= FEWEST_FOR_PERCENT
                && whole(ended, total) > 0
                && counted * 100.0 / whole(ended, total) >= number;
    }

    /**
     * What a percentage is of. As long as the number of jobs is unknown, failures are compared with what has ended. Of that,
     * all is done, and usually most succeeded, so that such a condition would be reached at once: it waits until the number is known.
     */
    private long whole(Tally ended, long total) {
        if (total >= 0) {
            return Math.max(total, ended.done());
        }
        return what == What.FAIL ? ended.done() : 0;
    }

    /**
     * Whether a run that this has ended did what it was to do. To find so many successes was; to hit upon so many failures was not;
     * where any end counts, the ends tell.
     */
    public boolean isSuccess(Tally ended) {
        return switch (what) {
            case SUCCESS -> true;
            case FAIL -> false;
            case DONE -> ended.failed() == 0;
        };
    }

    /** As the user said it. Help wants to know, at each start, and a record's own method is made at run time. */
    @Override
    public String toString() {
        return text;
    }
}
