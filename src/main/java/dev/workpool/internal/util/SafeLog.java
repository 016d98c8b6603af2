package dev.workpool.internal.util;

import org.slf4j.Logger;

/** Logs what users' code threw. Its message and its stack are users' code as well, and may throw in their turn. */
public final class SafeLog {
    private SafeLog() {}

    public static void error(Logger log, String what, Throwable thrown) {
        try {
            log.error(what, thrown);
        } catch (Throwable unprintable) {
            log.error("{}: {}, which cannot be printed", what, thrown.getClass().getName());
        }
    }
}
