package dev.workpool.tune;

import java.util.concurrent.CompletionStage;

/** A handle on a tuning that is running. Thread-safe; none of its methods blocks. */
public final class Tuning {
    private final CompletionStage<TuneReport> result;
    private final Runnable cancel;

    Tuning(CompletionStage<TuneReport> result, Runnable cancel) {
        this.result = result;
        this.cancel = cancel;
    }

    /**
     * What it finds. Completes exactly once, on the thread that measures: normally also if it was cancelled, if time
     * was too short and if every job has failed, which the report then says; and with an {@link IllegalStateException}
     * if measuring itself was not possible, since the actor system has ended, or the source of jobs has thrown, or
     * could be iterated only once.
     *
     * @return a stage of the report
     */
    public CompletionStage<TuneReport> result() {
        return result;
    }

    /**
     * Ends it with what has been measured so far. Jobs that run are cancelled, and the result completes when they have
     * ended, or after {@code cancel-grace} without them. Harmless when repeated or at the end.
     */
    public void cancel() {
        cancel.run();
    }
}
