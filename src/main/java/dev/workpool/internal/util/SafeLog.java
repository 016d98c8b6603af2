package dev.workpool.internal.util;

import org.slf4j.Logger;

/** Logs exceptions of users' code. Their message and their stack are users' code as well, and may throw too. */
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
