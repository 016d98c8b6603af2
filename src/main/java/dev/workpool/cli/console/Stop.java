package dev.workpool.cli.console;

import java.util.OptionalInt;

/** A request to stop the run, whose first reason becomes the exit status. Thread-safe. */
public final class Stop {
    private OptionalInt status = OptionalInt.empty();
    private Runnable onStop = () -> {};
    private Runnable onKill = () -> {};

    /**
     * Asks for the run to stop.
     *
     * @return false if that had been asked for already
     */
    public boolean request(int exitStatus) {
        Runnable action;
        synchronized (this) {
            if (status.isPresent()) {
                return false;
            }
            status = OptionalInt.of(exitStatus);
            action = onStop;
        }
        action.run();
        return true;
    }

    public synchronized OptionalInt status() {
        return status;
    }

    /** What is to happen at a request; at once if there has been one. */
    public void onRequest(Runnable action) {
        boolean late;
        synchronized (this) {
            onStop = action;
            late = status.isPresent();
        }
        if (late) {
            action.run();
        }
    }

    /** What is to happen when there is no time left. */
    public synchronized void onKill(Runnable action) {
        onKill = action;
    }

    /** Ends at once what must not outlive this process. */
    public void kill() {
        Runnable action;
        synchronized (this) {
            action = onKill;
        }
        action.run();
    }
}
