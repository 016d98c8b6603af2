package dev.workpool.cli;

import dev.workpool.support.PoolTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line in a JVM of its own, started by a shell so that signals, pipes and redirections are real ones. */
public final class CliProcess {
    /** A suite that runs in the background of a script ignores INT, and so would all that it starts. */
    private static final List<String> DEFAULT_SIGNALS = defaultSignals();

    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;

    private CliProcess(Process process) {
        this.process = process;
        this.out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), CliProcess::onThread);
        this.err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), CliProcess::onThread);
    }

    /** On a thread of its own: a common one would be gone for as long as the process runs, and there may be one alone. */
    public static void onThread(Runnable task) {
        Thread thread = new Thread(task, "cli-process");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Starts a shell script, in which {@code "$@"} is the command line.
     *
     * @param jvm options of the JVM
     */
    public static CliProcess start(Map<String, String> environment, List<String> jvm, String script)
            throws IOException {
        return start(Main.class, environment, jvm, script);
    }

    public static CliProcess start(Class<?> main, Map<String, String> environment, List<String> jvm, String script)
            throws IOException {
        List<String> command = new ArrayList<>(DEFAULT_SIGNALS);
        command.addAll(List.of("sh", "-c", script, "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"));
        command.add(Stream.of((System.getProperty("java.class.path") + ":conf").split(":"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()) // the script may go to another folder
                .collect(Collectors.joining(":")));
        if (Runtime.version().feature() >= 24) {
            // or the JVM warns about Akka and SQLite on standard error
            command.add("--sun-misc-unsafe-memory-access=allow");
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(jvm);
        command.add(main.getName());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return new CliProcess(builder.start());
    }

    public static CliProcess start(String script) throws IOException {
        return start(Map.of(), List.of(), script);
    }

    /** Signals the process, which the script has to have become by {@code exec}. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** The same signal twice at once, as from somebody who forwards it to the process and to its group. */
    void signalTwice(String name) throws IOException, InterruptedException {
        String pid = String.valueOf(process.pid());
        new ProcessBuilder("kill", "-" + name, pid, pid).start().waitFor();
    }

    public boolean hasEnded() {
        return !process.isAlive();
    }

    /**
     * Ends the process, which the script has to have become, so that it cannot do anything about it. By its handle, since {@link
     * Process} would close the streams, which what it has written is still to be read from.
     */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    public Cli.Ran await() throws Exception {
        if (!process.waitFor(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("the command line hangs");
        }
        return new Cli.Ran(
                process.exitValue(),
                out.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS),
                err.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS));
    }

    private static List<String> defaultSignals() {
        List<String> env = List.of("env", "--default-signal=INT,TERM,HUP");
        try {
            List<String> trial = new ArrayList<>(env);
            trial.add("true");
            return new ProcessBuilder(trial).start().waitFor() == 0 ? env : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(InputStream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            stream.transferTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Cli.decode(bytes);
    }
}
