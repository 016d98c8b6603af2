package dev.workpool.tune;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time until now, in seconds. Immutable.
 *
 * <p>This process's own comes from the JVM. That of its children, once they have ended and with that of theirs, is in
 * {@code /proc/self/stat} of Linux, and the whole machine's in {@code /proc/stat}, which is of use only if the JVM sees
 * all of the machine's processors; elsewhere children are taken to use none, and others are not known. See proc(5).
 *
 * @param atNs when that was, of {@link System#nanoTime}
 * @param own this process's and its children's; NaN if the JVM does not tell
 * @param machine all processes'; NaN if it is not known
 */
record CpuTimes(long atNs, double own, double machine) {
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final Path MACHINE = Path.of("/proc/stat");

    /** Linux counts in these for all programs, whatever it does itself. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int CHILDREN_USER = 13; // of the fields after the command's name
    private static final int CHILDREN_SYSTEM = 14;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int STEAL = 8; // guests, which come after it, are in user time already

    static CpuTimes now(int processors) {
        return new CpuTimes(System.nanoTime(), ofProcess() + ofChildren(), ofMachine(processors));
    }

    /** How many processors were used since, by this process and its children. */
    double ownSince(CpuTimes before) {
        return Math.max(0, (own - before.own) / seconds(before));
    }

    /** How many were used since by all others. */
    double othersSince(CpuTimes before) {
        return Math.max(0, (machine - before.machine - (own - before.own)) / seconds(before));
    }

    private double seconds(CpuTimes before) {
        return Math.max(1, atNs - before.atNs) / 1e9;
    }

    private static double ofProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        && system.getProcessCpuTime() >= 0
                ? system.getProcessCpuTime() / 1e9
                : Double.NaN;
    }

    private static double ofChildren() {
        try {
            String stat = Files.readString(SELF, StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM])) / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException e) { // not Linux
            return 0;
        }
    }

    private static double ofMachine(int processors) {
        try {
            String[] lines =
                    Files.readString(MACHINE, StandardCharsets.ISO_8859_1).split("\n", -1);
            long there = 0;
            for (String line : lines) {
                there += line.matches("cpu\\d.*") ? 1 : 0;
            }
            if (there != processors) {
                return Double.NaN;
            }
            String[] fields = lines[0].split(" +", -1);
            long ticks = 0;
            for (int i = 1; i <= STEAL; i++) {
                ticks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }
}
