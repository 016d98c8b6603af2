package dev.workpool.cli.console;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many columns the terminal of standard error has. Asks {@code stty}, since Java cannot; every two seconds, since the
 * terminal may be resized. Used by one thread.
 */
public final class TerminalWidth implements IntSupplier {
    /** Of a terminal that does not say. */
    public static final int USUAL = 80;

    private static final long ASK_EVERY_NS = 2_000_000_000;
    private static final long PATIENCE_MS = 500;
    private static final int LEAST = 10;
    private static final Pattern SIZE = Pattern.compile("[0-9]+ ([0-9]{1,5})\\s*");

    private int columns = USUAL;
    private long askedNs = System.nanoTime() - ASK_EVERY_NS;

    @Override
    public int getAsInt() {
        long nowNs = System.nanoTime();
        if (nowNs - askedNs >= ASK_EVERY_NS) {
            askedNs = nowNs;
            columns = ask();
        }
        return columns;
    }

    private int ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(
                            new File("/proc/self/fd/2").exists() ? new File("/proc/self/fd/2") : new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return columns;
            }
            return columns(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return columns; // there is no stty
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return columns;
        }
    }

    /** Reads what {@code stty size} prints: rows and columns, 0 of a terminal that does not know. */
    static int columns(String size) {
        Matcher matcher = SIZE.matcher(size);
        int found = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        return found == 0 ? USUAL : Math.max(LEAST, found);
    }
}
