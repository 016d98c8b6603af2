package dev.workpool.cli.queue;

import dev.workpool.durable.job.StoredFailure;

/** How a dead letter failed, in words: commands' own failures without the names of our classes. */
final class ErrorText {
    private ErrorText() {}

    static String of(StoredFailure failure) {
        String text = String.valueOf(failure.getMessage());
        boolean plain = failure.type().startsWith("dev.workpool.cli.")
                || failure.type().equals("java.util.concurrent.TimeoutException");
        return plain && text.startsWith(failure.type() + ": ")
                ? text.substring(failure.type().length() + 2)
                : text;
    }
}
