package dev.workpool.cli.output;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Result;
import java.io.IOException;

/** Results as lines on standard output, failures as messages on standard error. Cancelled jobs only count. */
public final class TextReport implements Report {
    /** Longer than any path, and short enough for a message. */
    private static final int MAX_SHOWN = 4096;

    private final Sink out;
    private final Console console;

    public TextReport(Sink out, Console console) {
        this.out = out;
        this.console = console;
    }

    @Override
    public void show(Ending ending) throws IOException {
        String input = ending.job().input().name();
        Result result = ending.result();
        if (result != null) {
            if (ending.kind() == Ending.Kind.SUCCEEDED) {
                result.writeText(input, out);
            } else {
                result.writeFailedText(out);
            }
            result.writeErrors(console);
        }
        if (ending.kind() != Ending.Kind.SUCCEEDED && ending.kind() != Ending.Kind.CANCELLED) {
            int attempts = ending.job().attempts();
            console.say(shown(ending.job().input().text()) + ": " + ending.message()
                    + (attempts > 1 ? ", after " + attempts + " attempts" : ""));
        }
    }

    private static String shown(String input) {
        if (input.isEmpty()) {
            return "''";
        }
        return input.length() > MAX_SHOWN ? input.substring(0, MAX_SHOWN) + "…" : input;
    }
}
