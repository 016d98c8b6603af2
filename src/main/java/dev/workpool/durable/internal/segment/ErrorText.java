package dev.workpool.durable.internal.segment;

import dev.workpool.durable.job.StoredFailure;
import java.io.PrintWriter;
import java.io.StringWriter;

/** The text of an error, of bounded length. Its methods are users' code, which may throw. */
public final class ErrorText {
    private static final int LONGEST_MESSAGE = 2_000;
    private static final int LONGEST_STACK = 8_000;

    private ErrorText() {}

    /** The same error as text. One that was stored before stays as it is. */
    public static StoredFailure of(Throwable error) {
        if (error instanceof StoredFailure stored) {
            return stored;
        }
        return new StoredFailure(error.getClass().getName(), cut(message(error), LONGEST_MESSAGE), stack(error));
    }

    private static String message(Throwable error) {
        try {
            String message = error.getMessage();
            return message == null ? "" : message;
        } catch (RuntimeException | StackOverflowError unprintable) {
            return "(its message cannot be had)";
        }
    }

    private static String stack(Throwable error) {
        try {
            StringWriter text = new StringWriter();
            error.printStackTrace(new PrintWriter(text));
            return cut(text.toString(), LONGEST_STACK);
        } catch (RuntimeException | StackOverflowError unprintable) {
            return "";
        }
    }

    /** NUL is taken out, too, which PostgreSQL does not store in texts. */
    public static String cut(String text, int longest) {
        String clean = text.indexOf('\0') < 0 ? text : text.replace("\0", "\\0");
        return clean.length() <= longest ? clean : clean.substring(0, longest - 3) + "...";
    }
}
