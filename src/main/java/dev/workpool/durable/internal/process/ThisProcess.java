package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** What this process is called, so that people can find it. */
public final class ThisProcess {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private ThisProcess() {}

    /** Looked up once: a resolver that does not answer takes its time. */
    private static final class Host {
        static final String NAME = name().replaceAll("[^A-Za-z0-9._-]", "");

        private static String name() {
            try {
                return Files.isReadable(KERNEL)
                        ? Files.readString(KERNEL).strip()
                        : InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            } catch (IOException e) {
                return "";
            }
        }
    }

    /** The machine's name; empty if it is not known. */
    public static String host() {
        return Host.NAME;
    }

    public static long pid() {
        return ProcessHandle.current().pid();
    }

    /** A name that nobody else has: letters and digits. */
    public static String randomName() {
        return Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    }
}
