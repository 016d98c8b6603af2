package dev.workpool.cli;

import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.text.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command line in this JVM. */
public final class Cli {
    /** What a run left. Bytes are shown as {@link Names} decodes them. */
    public record Ran(int status, String out, String err) {
        public List<String> lines() {
            return out.lines().toList();
        }

        /** The line that sums up, which is the last. */
        public String sum() {
            List<String> lines = err.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1).replaceFirst(" in [0-9.]+ s$", "");
        }
    }

    private Cli() {}

    public static Ran run(String... arguments) {
        return runWith("", arguments);
    }

    public static Ran runWith(String in, String... arguments) {
        return run(new ByteArrayInputStream(Names.encode(in)), new ByteArrayOutputStream(), new Stop(), arguments);
    }

    public static Ran run(InputStream in, OutputStream out, Stop stop, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        int status = Main.run(arguments, new Streams(in, out, print, false, false, false, false, stop));
        return new Ran(status, out instanceof ByteArrayOutputStream bytes ? decode(bytes) : "", decode(err));
    }

    public static String decode(ByteArrayOutputStream bytes) {
        return Names.decode(bytes.toByteArray(), 0, bytes.size());
    }
}
