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
import java.util.ArrayDeque;
import java.util.Deque;
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

    /** Where each result ends that may not have reached standard output, in bytes. */
    private final Deque<Long> unwritten = new ArrayDeque<>();

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
                long before = sink.accepted();
                report.show(ending);
                if (sink.accepted() > before) {
                    unwritten.add(sink.accepted());
                }
            } else if (ending.kind() == Ending.Kind.SUCCEEDED) {
                unwritten.add(Long.MAX_VALUE);
            }
        } catch (IOException e) {
            unwritten.add(Long.MAX_VALUE);
            lose(e);
        } finally {
            ending.close();
        }
        forgetWritten();
    }

    private void forgetWritten() {
        while (!unwritten.isEmpty() && unwritten.peek() <= sink.reached()) {
            unwritten.poll();
        }
    }

    /** How many results have not been written whole; known once standard output could not be written to. */
    int unwritten() {
        return lost ? unwritten.size() : 0;
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
        forgetWritten();
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
