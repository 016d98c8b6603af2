package dev.workpool.internal.source;

import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.ErrorGraph;

/** Takes a stream's jobs from their source, on its own thread, and closes the source at the end. */
final class SourceReader<J> implements Runnable, JobSource.Sink<J> {
    private final JobSource<J> source;
    private final Window window;
    private final StreamSubmission<J, ?> submission;

    /** The thread, while it may be in the source. Guarded by this. */
    private Thread pulling;

    SourceReader(JobSource<J> source, Window window, StreamSubmission<J, ?> submission) {
        this.source = source;
        this.window = window;
        this.submission = submission;
    }

    @Override
    public void run() {
        Throwable problem = null;
        pulling(Thread.currentThread());
        try {
            if (window.await(0)
                    != Window.CLOSED) { // else it was refused, or stopped at once, and the source hears nothing
                source.pull(this);
            }
        } catch (Throwable t) {
            problem = t;
        }
        pulling(null);
        Thread.interrupted(); // it says that no more is wanted, and might keep the source from closing
        try {
            source.close();
        } catch (Throwable t) {
            if (problem == null) {
                problem = t;
            } else {
                ErrorGraph.suppress(problem, t);
            }
        }
        submission.end(problem);
    }

    private synchronized void pulling(Thread thread) {
        pulling = thread;
    }

    /** No more is wanted: the source may be waiting for something that never comes. For any thread. */
    void stop() {
        window.close();
        synchronized (this) {
            if (pulling != null) {
                pulling.interrupt();
            }
        }
    }

    @Override
    public long await(long taken) {
        return window.await(taken);
    }

    @Override
    public boolean offer(J job) {
        return submission.offer(job);
    }

    @Override
    public void poke() {
        window.poke();
    }
}
