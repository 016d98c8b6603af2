package dev.workpool.cli.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A process and all that descend from it, as far as the system still knows that they do: a child whose parent has ended
 * belongs to nobody.
 */
public final class ProcessTree {
    private static final long POLL_NANOS = 5_000_000;
    private static final Duration AFTER_KILL = Duration.ofSeconds(1);

    private final ProcessHandle root;
    private final Set<ProcessHandle> known = new LinkedHashSet<>();

    ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    /**
     * Asks all to end (TERM), and makes those end (KILL) that have not after the grace time. Blocks until they are gone; an
     * interrupt does not shorten that, and is swallowed.
     *
     * @param meanwhile called every few milliseconds
     */
    void end(Duration grace, Runnable meanwhile) {
        Set<ProcessHandle> asked = new HashSet<>();
        Consumer<ProcessHandle> ask = process -> {
            // Some programs take a second TERM for impatience.
            if (asked.add(process)) {
                process.destroy();
            }
        };
        // Twice, since a process may have started another between the look and the signal. Not again later: what starts
        // then may be a process's own cleaning up.
        signal(ask);
        signal(ask);
        if (!awaitEnd(grace, meanwhile)) {
            kill();
            awaitEnd(AFTER_KILL, meanwhile);
        }
    }

    /** Makes all end (KILL). Does not block. */
    void kill() {
        signal(ProcessHandle::destroyForcibly);
        signal(ProcessHandle::destroyForcibly);
    }

    private void signal(Consumer<ProcessHandle> signal) {
        known.add(root);
        for (ProcessHandle process : List.copyOf(known)) {
            process.descendants().forEach(known::add);
        }
        known.stream().filter(ProcessTree::runs).forEach(signal);
    }

    private boolean awaitEnd(Duration time, Runnable meanwhile) {
        long began = System.nanoTime();
        while (known.stream().anyMatch(ProcessTree::runs)) {
            if (System.nanoTime() - began > time.toNanos()) {
                return false;
            }
            meanwhile.run();
            LockSupport.parkNanos(POLL_NANOS);
            Thread.interrupted(); // or parking would not pause
        }
        return true;
    }

    /** Whether a process does anything still. A zombie does not, and where nobody reaps it, it stays for ever. */
    public static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException | IndexOutOfBoundsException e) {
            return process.isAlive();
        }
    }
}
