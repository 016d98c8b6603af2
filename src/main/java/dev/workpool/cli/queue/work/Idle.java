package dev.workpool.cli.queue.work;

import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.WorkStats;
import java.util.Optional;
import java.util.function.Supplier;

/** Says what a worker waits for that has nothing to run. One thread says, any thread asks. */
final class Idle implements Supplier<Optional<String>> {
    private volatile Optional<String> what = Optional.of("looking for jobs");

    /** It runs something. */
    void end() {
        what = Optional.empty();
    }

    /** It runs nothing. */
    void begin(QueueStats queue, WorkStats done) {
        if (queue.waiting() > 0 && !queue.paused()) {
            end(); // it is about to run that
            return;
        }
        long failed = done.failed() + done.timedOut();
        what = Optional.of(reason(queue) + "; " + (done.succeeded() + failed + done.cancelled()) + " done"
                + (failed == 0 ? "" : ", " + failed + " failed"));
    }

    private static String reason(QueueStats queue) {
        if (queue.paused()) {
            return "the queue is paused";
        } else if (queue.depth() == 0) {
            return "waiting for jobs";
        }
        return "waiting: "
                + (queue.claimed() == 0 ? "" : queue.claimed() + " held by others")
                + (queue.claimed() == 0 || queue.scheduled() == 0 ? "" : ", ")
                + (queue.scheduled() == 0 ? "" : queue.scheduled() + " not due yet");
    }

    @Override
    public Optional<String> get() {
        return what;
    }
}
