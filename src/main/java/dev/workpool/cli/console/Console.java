package dev.workpool.cli.console;

import dev.workpool.cli.text.Names;
import dev.workpool.cli.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Standard error: messages, what commands write there, and at most one line of progress below them.
 *
 * <p>Thread-safe: each call's text comes out whole. Errors of writing are ignored, since there is nobody left to tell.
 */
public final class Console {
    private final PrintStream err;
    private final boolean terminal;
    private int drawn;

    /**
     * A console over a stream.
     *
     * @param terminal whether a line can be overwritten; otherwise progress comes as a new line each time
     */
    public Console(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Says something in a line of its own. */
    public synchronized void say(String message) {
        erase();
        byte[] line = Names.encode("workpool: " + Printable.of(message) + "\n");
        err.write(line, 0, line.length);
        err.flush();
    }

    /** Passes on what a command wrote. */
    public synchronized void write(InputStream bytes) throws IOException {
        erase();
        bytes.transferTo(err);
        err.flush();
    }

    /** Draws the line of progress, over the last one where that can be done. */
    public synchronized void draw(String progress) {
        if (terminal) {
            err.print("\r" + progress + " ".repeat(Math.max(0, drawn - progress.length())));
            drawn = progress.length();
        } else {
            err.print(progress + "\n");
        }
        err.flush();
    }

    /** Takes the line of progress away, if there is one. Uses blanks, which even a dumb terminal understands. */
    public synchronized void erase() {
        if (drawn > 0) {
            err.print("\r" + " ".repeat(drawn) + "\r");
            err.flush();
            drawn = 0;
        }
    }
}
