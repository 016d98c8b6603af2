package dev.workpool.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What this process's standard streams are connected to. Java's own console tells about input and output together only. */
public final class Terminal {
    private Terminal() {}

    /** Whether a stream of this process is a terminal. */
    public static boolean isTerminal(int descriptor) {
        Path fd = Path.of("/proc/self/fd/" + descriptor);
        try {
            if (Files.isSymbolicLink(fd)) {
                String target = Files.readSymbolicLink(fd).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
            }
            return new ProcessBuilder("test", "-t", String.valueOf(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether a stream of this process is a pipe or a socket, which the other side may close. */
    public static boolean isPipe(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether a stream was closed when this process began, so that the JVM, which opens its own files first, has one of them in
     * its place. Reading that yields nonsense or moves the JVM's own position in it.
     */
    public static boolean isTaken(int descriptor) {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            if (target.startsWith(Path.of(System.getProperty("java.home")).toRealPath())) {
                return true;
            }
            // Started with -jar, the class path is the jar and the first file that the JVM opens may be that; or the
            // archive of classes.
            return isFile(target, System.getProperty("java.class.path"))
                    || isFile(target, System.getProperty("dev.workpool.archive"));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    private static boolean isFile(Path target, String name) throws IOException {
        return name != null
                && Files.exists(Path.of(name))
                && target.equals(Path.of(name).toRealPath());
    }

    /** What stands in for a standard input that was closed. */
    public static InputStream closedInput() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("standard input is closed");
            }

            @Override
            public int read(byte[] to, int from, int length) throws IOException {
                return read();
            }
        };
    }
}
