package dev.workpool.cli;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Reads inputs on a thread of its own and submits them, at most a window of them ahead of what has been shown. Thread-safe.
 */
final class Intake {
    private final InputSource source;
    private final Jobs jobs;
    private final Consumer<Ending> onEnding;
    private final Consumer<Throwable> onEnd;
    private final Semaphore window;
    private final Thread reader = new Thread(this::read, "workpool-reader");

    private long accepted;
    private boolean closed;

    /**
     * An intake that has yet to be started.
     *
     * @param window how many jobs may be accepted and not shown
     * @param onEnding gets each job's ending, on any thread; must not block
     * @param onEnd called once when there are no more inputs, with the error if that is why, else null; not called after
     *     {@link #close}
     */
    Intake(InputSource source, Jobs jobs, int window, Consumer<Ending> onEnding, Consumer<Throwable> onEnd) {
        this.source = source;
        this.jobs = jobs;
        this.window = new Semaphore(window);
        this.onEnding = onEnding;
        this.onEnd = onEnd;
        reader.setDaemon(true); // it may block in reading standard input for ever
    }

    void start() {
        reader.start();
    }

    /** A job has been shown: there is room for another. */
    void shown() {
        window.release();
    }

    synchronized long accepted() {
        return accepted;
    }

    /**
     * Accepts no more, even while an input is being read.
     *
     * @return how many have been accepted
     */
    synchronized long close() {
        closed = true;
        reader.interrupt();
        return accepted;
    }

    private void read() {
        Throwable error = null;
        try {
            window.acquire();
            for (Input input = source.next(); input != null; input = source.next()) {
                if (!submit(input)) {
                    return;
                }
                window.acquire();
            }
        } catch (InterruptedException e) {
            return; // closed
        } catch (IOException | RuntimeException | Error e) {
            error = e;
        }
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        onEnd.accept(error);
    }

    private synchronized boolean submit(Input input) {
        if (closed) {
            return false;
        }
        jobs.submit(new Job(accepted++, input), onEnding);
        return true;
    }
}
