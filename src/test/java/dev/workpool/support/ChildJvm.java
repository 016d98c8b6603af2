package dev.workpool.support;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A main class of the test class path in a JVM of its own, which can be killed and stopped and never outlives this one. Any thread may use it.
 */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final Thread killer;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> output;

    private ChildJvm(Process process) {
        this.process = process;
        this.killer = new Thread(process::destroyForcibly, "killer-" + process.pid());
        Runtime.getRuntime().addShutdownHook(killer);
        this.output = CompletableFuture.runAsync(this::read, task -> {
            Thread reader = new Thread(task, "output-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        });
    }

    public static ChildJvm start(Class<?> main, String... arguments) {
        return start(List.of(), main, arguments);
    }

    /** Starts a JVM with more options. */
    public static ChildJvm start(List<String> options, Class<?> main, String... arguments) {
        return start(List.of(), options, classPath(), main, arguments);
    }

    /** Starts a JVM with more options, and classes that come before those of the same name in the class path. */
    public static ChildJvm startWith(Path classes, List<String> options, Class<?> main, String... arguments) {
        return start(List.of(), options, classes + File.pathSeparator + classPath(), main, arguments);
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** Starts a JVM by a command that becomes it, such as one that limits what it may do. */
    public static ChildJvm startBy(List<String> command, Class<?> main, String... arguments) {
        return start(command, List.of(), classPath(), main, arguments);
    }

    private static ChildJvm start(
            List<String> before, List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dakka.loglevel=WARNING",
                "-Dakka.logger-startup-timeout=60s"));
        if (Runtime.version().feature() >= 24) {
            // or the JVM warns about Akka and SQLite on standard error
            command.add("--sun-misc-unsafe-memory-access=allow");
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, ChildJvm.class.getName(), main.getName()));
        command.addAll(List.of(arguments));
        try {
            return new ChildJvm(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the child runs: the main class, and a thread that ends the child when nobody holds its input any longer. */
    public static void main(String[] arguments) throws Throwable {
        Thread guard = new Thread(ChildJvm::haltWithTheParent, "parent");
        guard.setDaemon(true);
        guard.start();
        Method main = Class.forName(arguments[0]).getMethod("main", String[].class);
        main.setAccessible(true); // of a class that is not public
        main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void haltWithTheParent() {
        try {
            while (System.in.read() >= 0) {
                // nobody writes: it returns when the parent has ended, however it has
            }
        } catch (IOException e) {
            // the same
        }
        Runtime.getRuntime().halt(1);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString()); // it was killed
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to standard output and standard error. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line that contains a text, and returns it. */
    public String awaitLine(String text) {
        await(text).atMost(PoolTest.LONG).until(() -> line(text) != null || output.isDone());
        String line = line(text);
        if (line == null) {
            throw new AssertionError("the child ended without \"" + text + "\":\n" + String.join("\n", lines));
        }
        return line;
    }

    private String line(String text) {
        return lines.stream().filter(line -> line.contains(text)).findFirst().orElse(null);
    }

    /** Waits until it has ended by itself, and returns its exit code. */
    public int awaitExit() throws Exception {
        if (!process.waitFor(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the child does not end:\n" + String.join("\n", lines));
        }
        output.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        return process.exitValue();
    }

    /** Ends it at once, by SIGKILL, and waits until it is no more. */
    public void kill() {
        process.toHandle().destroyForcibly();
        try {
            process.waitFor(); // and not onExit(), which waits for a later process if that has got the same number
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks it to end, by SIGTERM. */
    public void terminate() {
        process.toHandle().destroy(); // the process itself would close the child's input as well
    }

    /** Stops it where it is, by SIGSTOP. */
    public void suspend() {
        signal("STOP");
    }

    /** Lets it go on, by SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new AssertionError("the child has ended:\n" + String.join("\n", lines));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
