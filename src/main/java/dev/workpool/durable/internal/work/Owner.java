package dev.workpool.durable.internal.work;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** What works call themselves in the store, so that people see who holds what: {@code pool@host/pid-random}. */
public final class Owner {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private Owner() {}

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

    /** A name for a work of this process that no other work has. */
    public static String of(String pool) {
        return pool + "@" + Host.NAME + "/" + ProcessHandle.current().pid() + "-"
                + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    }
}
