package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Asks several servers for the same thing, one more at a time, and takes the first good answer.
 *
 * <p>A hedge staggers the requests: the next server is asked when the one before has not answered for a while, or at once when it fails. With the first success the
 * requests that are out are cancelled, and those that are not are never made. The handler is asynchronous, so that no thread waits for a server.
 */
public final class FirstAnswer {
    private FirstAnswer() {}

    /** Fetches from the first that answers of the URLs that are named on the command line. */
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (WorkerPool<URI, String> pool = start(system, HttpClient.newHttpClient())) {
            List<URI> mirrors = Stream.of(args).map(URI::create).toList();
            Batch<String> race = ask(pool, mirrors, Duration.ofMillis(250));
            System.out.println(race.firstSuccess().toCompletableFuture().join());
        } finally {
            system.terminate();
        }
    }

    /** As many requests as there are workers may be out at a time. */
    static WorkerPool<URI, String> start(ActorSystem<?> system, HttpClient client) {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "mirrors").withWorkers(64);
        return WorkerPool.startAsync(system, settings, (URI mirror, JobContext context) -> get(client, mirror));
    }

    static Batch<String> ask(WorkerPool<URI, String> pool, List<URI> mirrors, Duration patience) {
        return pool.submitAll(mirrors, BatchOptions.defaults().withHedge(patience));
    }

    /**
     * When the job is cancelled, so is the future returned here. A future of {@link HttpClient}, and what is derived from one, ends its exchange
     * then; with another client {@link JobContext#onCancel} is the place to do so.
     */
    private static CompletableFuture<String> get(HttpClient client, URI mirror) {
        return client.sendAsync(HttpRequest.newBuilder(mirror).build(), BodyHandlers.ofString())
                .thenApply(answer -> {
                    if (answer.statusCode() != 200) {
                        throw new CompletionException(new IOException("status " + answer.statusCode()));
                    }
                    return answer.body();
                });
    }
}
