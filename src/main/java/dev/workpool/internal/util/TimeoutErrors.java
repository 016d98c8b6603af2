package dev.workpool.internal.util;

import java.io.InterruptedIOException;
import java.util.regex.Pattern;

/**
 * Recognizes errors that say that something took too long. There is no type that they share: the JDK has four, and each
 * library its own. What they share is their name.
 */
public final class TimeoutErrors {
    /**
     * As in TimeoutException, HttpTimeoutException, ReadTimeoutError, TransactionTimedOutException,
     * TimeoutExceededException, DeadlineExceededException, TimeoutCancellationException; not as in
     * TimeoutNotConfiguredException.
     */
    private static final Pattern NAME =
            Pattern.compile(".*(Timeout|TimedOut|(Timeout|Deadline)Exceeded|TimeoutCancellation)(Exception|Error)?");

    /** Causes that are looked at; users' errors may go in a circle. */
    private static final int MOST_CAUSES = 100;

    private TimeoutErrors() {}

    /**
     * Whether an error, or one of its causes, is one. Calls users' code; where the stack ends before that is known, it
     * is none.
     */
    public static boolean isOne(Throwable error) {
        try {
            return isOneOrCausedByOne(error);
        } catch (StackOverflowError e) {
            return false;
        }
    }

    private static boolean isOneOrCausedByOne(Throwable error) {
        Throwable each = error;
        for (int i = 0; i < MOST_CAUSES && each != null; i++) {
            if (isNamedSo(each)) {
                return true;
            }
            each = ErrorGraph.causeOf(each);
        }
        return false;
    }

    private static boolean isNamedSo(Throwable error) {
        if (error instanceof InterruptedIOException) {
            return true; // OkHttp's time-out of a call, and the JDK's of a socket
        }
        for (Class<?> type = error.getClass(); type != Throwable.class; type = type.getSuperclass()) {
            String name = type.getName();
            String simpleName = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
            if (NAME.matcher(simpleName).matches()) {
                return true;
            }
        }
        return false;
    }
}
