package dev.workpool.cli.output;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.job.Tally;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Where a run shows what happens: outcomes, messages and progress. Once standard output cannot be written to, the run is
 * asked to stop, and nothing more is written there. Used by one thread at a time.
 */
public final class Output {
    private final Sink sink;
    private final Console console;
    private final Report report;
    private final Progress progress;
    private final boolean pipe;
    private final Stop stop;
    private boolean lost;

    /**
     * An output.
     *
     * @param pipe whether the other side may close standard output, which is then no error
     */
    public Output(Sink sink, Console console, Report report, Progress progress, boolean pipe, Stop stop) {
        this.sink = sink;
        this.console = console;
        this.report = report;
        this.progress = progress;
        this.pipe = pipe;
        this.stop = stop;
    }

    /** Shows how a job ended, and lets go of its result. */
    void show(Ending ending) {
        try {
            if (!lost) {
                report.show(ending);
            }
        } catch (IOException e) {
            lose(e);
        } finally {
            ending.close();
        }
    }

    /** Shows lines of a command that runs still. */
    void show(InputStream lines, boolean error) {
        try {
            if (error) {
                console.write(lines);
            } else if (!lost) {
                sink.write(lines);
            }
        } catch (IOException e) {
            lose(e);
        }
    }

    void flush() {
        try {
            if (!lost) {
                sink.flush();
            }
        } catch (IOException e) {
            lose(e);
        }
    }

    void progress(Tally tally, long total) {
        progress.show(tally, total);
    }

    /** Says something on standard error. */
    void say(String message) {
        console.say(message);
    }

    /** Writes out all that there is, and takes the progress away. */
    void finish() {
        flush();
        progress.close();
    }

    private void lose(IOException error) {
        lost = true;
        lost(error, pipe, console, stop);
    }

    /** Says why something could not be written, unless nobody reads it any more, and asks for the end. */
    public static void lost(IOException error, boolean pipe, Console console, Stop stop) {
        if (error instanceof Sink.WriteException && isClosed(error, pipe)) {
            stop.request(ExitStatus.BROKEN_PIPE);
        } else {
            String what = error instanceof Sink.WriteException ? "standard output" : "output of a command";
            console.say(what + ": " + Messages.why(error.getCause() == null ? error : error.getCause()));
            stop.request(ExitStatus.FAILED);
        }
    }

    /** Java has the system's message only, which may be in the user's language. */
    private static boolean isClosed(IOException error, boolean pipe) {
        return pipe
                || String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }
}
