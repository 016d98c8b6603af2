package dev.workpool.durable.internal.work;

import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.store.Transactions;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once what is wrong with a queue, until it is over. That the store is away is logged by the store itself. */
final class Troubles {
    private static final Logger log = LoggerFactory.getLogger(Troubles.class);

    private final String queue;
    private String logged = "";
    private boolean hasUndecodable;

    Troubles(String queue) {
        this.queue = queue;
    }

    void log(String what, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean isOfStore = cause instanceof SQLException e && Transactions.isPassing(e);
        String text = what + ": " + cause;
        if (!isOfStore && !text.equals(logged)) {
            logged = text;
            log.error("Queue {} {}. It is tried again.", queue, what, cause);
        }
    }

    /**
     * Says that there are jobs that others have to run.
     *
     * @param jobs how many there are now
     */
    void undecodable(long jobs, JobCodec<?> codec) {
        if (jobs > 0 && !hasUndecodable) {
            log.warn(
                    "Queue {} has {} jobs that {} of this process cannot decode: they are of another codec, or of a newer"
                            + " version. They are left to processes that can.",
                    queue,
                    jobs,
                    codec);
        }
        hasUndecodable = jobs > 0;
    }

    void over() {
        logged = "";
    }
}
