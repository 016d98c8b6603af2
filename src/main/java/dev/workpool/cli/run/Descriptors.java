package dev.workpool.cli.run;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.operation.Operation;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Has fewer jobs run at a time where the system allows this process too few open files for all workers. */
final class Descriptors {
    /** For the JVM itself, the list of inputs, the job log and classes that are loaded late. */
    private static final int RESERVED = 16;

    /** So few have files enough wherever the JVM starts, and looking costs a small run more than it is worth. */
    private static final int FEW = 8;

    private static final File OPEN = new File("/proc/self/fd");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern LIMIT = Pattern.compile("Max open files +(\\d+) .*");

    private Descriptors() {}

    /** The settings with as many workers as there are files for, which the user is told. */
    static WorkerPoolSettings limit(WorkerPoolSettings settings, Operation operation, Console console) {
        if (settings.adaptiveWorkers() || settings.workers() <= FEW) {
            return settings;
        }
        int room = room(operation.openFiles());
        if (settings.workers() <= room) {
            return settings;
        }
        console.say(fewer(room, settings.workers()));
        return settings.withWorkers(room);
    }

    static String fewer(int room, int workers) {
        return "%d %s instead of %d: this process may have too few files open (ulimit -n)"
                .formatted(room, room == 1 ? "worker" : "workers", workers);
    }

    private static int room(int filesPerJob) {
        String[] open = OPEN.list();
        return open == null ? Integer.MAX_VALUE : Math.max(1, (most() - open.length - RESERVED) / filesPerJob);
    }

    /** The limit of this process, which the JVM has raised as far as it may; where it is not told, there is none. */
    private static int most() {
        try (Stream<String> lines = Files.lines(LIMITS)) {
            return lines.map(LIMIT::matcher)
                    .filter(Matcher::matches)
                    .map(limit -> new BigInteger(limit.group(1)))
                    .map(limit -> limit.bitLength() < Integer.SIZE ? limit.intValue() : Integer.MAX_VALUE)
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        } catch (IOException | UncheckedIOException e) {
            return Integer.MAX_VALUE;
        }
    }
}
