package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.WorkerPoolSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A pool as a part of an application: a service that counts the lines of files owns one, from its start to its end.
 *
 * <p>Shows the three ways to hear of errors: as the outcome of each job, as one exception for a batch, as the failure of a single job's future.
 * And settings: what {@code application.conf} says under {@code workpool.pools.line-counter} goes before the defaults, what is said here before both.
 */
public final class EmbeddedPool implements AutoCloseable {
    private final WorkerPool<Path, Long> pool;

    EmbeddedPool(ActorSystem<?> system) {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "line-counter").withJobTimeout(Duration.ofSeconds(30));
        pool = WorkerPool.start(system, settings, file -> countLines(file));
    }

    /** Prints how many lines there are in each of the files that are named on the command line. */
    public static void main(String[] args) {
        List<Path> files = Stream.of(args).map(Path::of).toList();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (EmbeddedPool counter = new EmbeddedPool(system)) {
            counter.describe(files).forEach(System.out::println);
        } finally {
            system.terminate();
        }
    }

    /** What became of each file, in their order. A batch's result never fails: that a job did is its outcome. */
    List<String> describe(List<Path> files) {
        BatchResult<Long> result =
                pool.submitAll(files).result().toCompletableFuture().join();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            lines.add(files.get(i).getFileName() + ": "
                    + describe(result.outcomes().get(i)));
        }
        return lines;
    }

    static String describe(Outcome<Long> outcome) {
        if (outcome instanceof Outcome.Succeeded<Long> succeeded) {
            return succeeded.value() + " lines";
        } else if (outcome instanceof Outcome.Failed<Long> failed) {
            return "failed, " + failed.error();
        } else if (outcome instanceof Outcome.TimedOut<Long> timedOut) {
            return "not done within " + timedOut.timeout();
        } else if (outcome instanceof Outcome.Rejected<Long> rejected) {
            return "rejected, " + rejected.reason();
        }
        return outcome.attempts() == 0 ? "cancelled before it began" : "cancelled while it ran";
    }

    /**
     * The sum for all files, or nothing.
     *
     * @throws BatchFailedException if one of them cannot be read; its cause is why, and errors of others are suppressed in it
     */
    long total(List<Path> files) {
        return pool.submitAll(files).result().toCompletableFuture().join().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** One file; the future fails with what the handler has thrown, and whoever cancels it cancels the job. */
    CompletableFuture<Long> lines(Path file) {
        return pool.submit(file);
    }

    private static long countLines(Path file) throws Exception {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }

    /** Finishes what was submitted, within {@code close-timeout}; what comes later is rejected. */
    @Override
    public void close() {
        pool.close();
    }
}
