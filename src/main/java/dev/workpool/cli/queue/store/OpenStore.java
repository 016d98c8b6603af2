package dev.workpool.cli.queue.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueAdmin;
import dev.workpool.durable.job.QueueStatus;
import dev.workpool.settings.QueueSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** A store that a command has opened, and what it is asked. Blocks until there is an answer. */
public final class OpenStore implements AutoCloseable {
    private final JobStore store;
    private final String name;

    /**
     * A store.
     *
     * @param name what the user calls it
     */
    OpenStore(JobStore store, String name) {
        this.store = store;
        this.name = name;
    }

    public JobStore store() {
        return store;
    }

    /** What the user calls it. */
    public String name() {
        return name;
    }

    /** Something that is asked of the store, which may refuse at once. */
    public interface Asked<T> {
        CompletionStage<T> ask();
    }

    /** Asks the store and waits for the answer. */
    public <T> T get(Asked<T> asked) throws StoreFailure, InterruptedException {
        try {
            return asked.ask().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (IllegalStateException e) { // opened by another process, or newer than this
            throw failure(e);
        }
    }

    /** What is said of a failure. */
    public StoreFailure failure(Throwable cause) {
        Throwable innermost = cause;
        while (innermost instanceof CompletionException && innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return new StoreFailure(
                "--store " + name + ": " + (innermost.getMessage() == null ? innermost : innermost.getMessage()),
                innermost);
    }

    /** The settings of a queue: those of the configuration. */
    public static QueueSettings settings(String queue) throws UsageException {
        return settings(ConfigFactory.load(), queue);
    }

    /** The settings of a queue in a configuration. */
    public static QueueSettings settings(Config root, String queue) throws UsageException {
        try {
            return QueueSettings.create(root, queue);
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Looks after a queue.
     *
     * @throws UsageException if it is not there; the message lists those that are
     */
    public QueueAdmin admin(String queue) throws UsageException, StoreFailure, InterruptedException {
        QueueSettings settings = settings(queue);
        Optional<QueueAdmin> found = get(() -> store.admin(settings));
        if (found.isEmpty()) {
            throw unknown(queue);
        }
        return found.get();
    }

    /**
     * Checks that a queue is one of jobs of a kind, or is not there yet. In one of a program's jobs nobody would run ours, nor we those.
     *
     * @param codec of our jobs
     */
    public void checkCodec(String queue, String codec) throws UsageException, StoreFailure, InterruptedException {
        for (QueueStatus each : get(store.watch()::look)) {
            if (each.name().equals(queue)
                    && !each.codecs().isEmpty()
                    && !each.codecs().contains(codec)) {
                throw new UsageException("--queue '" + queue + "': its jobs are those of a program, of codec "
                        + String.join(", ", each.codecs()) + "; allowed: a queue of commands, or a new one");
            }
        }
    }

    /** Checks that a queue is there. */
    public void check(String queue) throws UsageException, StoreFailure, InterruptedException {
        settings(queue); // its name
        if (!get(store::queues).contains(queue)) {
            throw unknown(queue);
        }
    }

    private UsageException unknown(String queue) throws StoreFailure, InterruptedException {
        List<String> queues = get(store::queues);
        return new UsageException("--queue '" + queue + "': no such queue in " + name + "; "
                + (queues.isEmpty()
                        ? "it has none yet: workpool queue add makes one"
                        : "allowed: " + String.join(", ", queues)));
    }

    @Override
    public void close() {
        store.close();
    }
}
