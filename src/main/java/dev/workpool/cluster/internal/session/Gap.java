package dev.workpool.cluster.internal.session;

/** A message of a session was lost: the session is over. */
public final class Gap extends Exception {
    private static final long serialVersionUID = 1L;

    Gap(String what, long expected, long got) {
        super(what + " " + expected + " was lost, as " + got + " has come", null, false, false);
    }
}
