package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.process.ThisProcess;
import dev.workpool.durable.internal.store.Database;

/**
 * What works call themselves in the store, so that people see who holds what: {@code pool@host/pid-process.random}. The
 * process is the name of the store that this process has open, by which others know whether it lives.
 */
public final class Owner {
    private Owner() {}

    /** A name for a work of this process that no other work has. */
    public static String of(String pool, Database database) {
        return pool + "@" + ThisProcess.host() + "/" + ThisProcess.pid() + "-" + database.process() + "."
                + ThisProcess.randomName();
    }
}
