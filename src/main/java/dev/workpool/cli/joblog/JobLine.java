package dev.workpool.cli.joblog;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.text.Escapes;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A line of a job log: how one job ended. Fields are separated by tabs and none is empty, since a shell's
 * {@code read} would skip it, but for the input, which comes last.
 *
 * @param start when the handler was called last, in milliseconds since 1970; empty for a job that never ran
 * @param micros how long that took
 * @param attempts how often the handler was called
 * @param status what a command exited with; empty if nothing did
 * @param occurrence 1 for the first of several inputs of that name, 2 for the next; 0 if nobody has counted
 * @param operation what was done, as the command line's option says it
 */
public record JobLine(
        OptionalLong start,
        long micros,
        int attempts,
        Ending.Kind kind,
        OptionalInt status,
        int occurrence,
        String operation,
        String input) {

    /** The names of the fields, which are a log's first line. */
    static final String HEADER = "start\tseconds\tattempts\toutcome\tstatus\toccurrence\toperation\tinput";

    private static final int FIELDS = 8;
    private static final String NOTHING = "-";

    static JobLine of(Ending ending, String operation) {
        Job job = ending.job();
        return new JobLine(
                job.start() == 0 ? OptionalLong.empty() : OptionalLong.of(job.start()),
                job.nanos() / 1000,
                job.attempts(),
                ending.kind(),
                ending.result() == null ? OptionalInt.empty() : ending.result().exitStatus(),
                job.input().occurrence(),
                operation,
                job.input().name());
    }

    /** The line as it is written, without its end. */
    String text() {
        return String.join(
                "\t",
                start.isPresent() ? decimal(start.getAsLong(), 3) : NOTHING,
                decimal(micros, 6),
                String.valueOf(attempts),
                kind.toString(),
                status.isPresent() ? String.valueOf(status.getAsInt()) : NOTHING,
                occurrence == 0 ? NOTHING : String.valueOf(occurrence),
                Escapes.escape(operation),
                Escapes.escape(input));
    }

    /**
     * Reads what {@link #text} made.
     *
     * @throws IllegalArgumentException if it did not
     */
    static JobLine parse(String text) {
        String[] fields = text.split("\t", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException(fields.length + " fields");
        }
        return new JobLine(
                fields[0].equals(NOTHING) ? OptionalLong.empty() : OptionalLong.of(unscaled(fields[0], 3)),
                unscaled(fields[1], 6),
                Integer.parseInt(fields[2]),
                kind(fields[3]),
                fields[4].equals(NOTHING) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(fields[4])),
                fields[5].equals(NOTHING) ? 0 : Integer.parseInt(fields[5]),
                Escapes.unescape(fields[6]),
                Escapes.unescape(fields[7]));
    }

    private static String decimal(long unscaled, int digits) {
        return BigDecimal.valueOf(unscaled, digits).toPlainString();
    }

    private static long unscaled(String decimal, int digits) {
        try {
            return new BigDecimal(decimal).movePointRight(digits).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("not a time: " + decimal, e);
        }
    }

    private static Ending.Kind kind(String word) {
        return Arrays.stream(Ending.Kind.values())
                .filter(kind -> kind.toString().equals(word))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("not an outcome: " + word));
    }
}
