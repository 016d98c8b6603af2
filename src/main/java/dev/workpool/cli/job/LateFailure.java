package dev.workpool.cli.job;

import dev.workpool.cli.text.Durations;
import java.time.Duration;

/** An attempt has timed out in another process, which has told what it left. */
public final class LateFailure extends JobFailure {
    private static final long serialVersionUID = 1L;

    public LateFailure(Duration timeout) {
        super(message(timeout));
    }

    static String message(Duration timeout) {
        return "timed out after " + Durations.words(timeout);
    }
}
