package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Asks several servers for the same thing, one more at a time, and takes the first good answer.
 *
 * <p>The rate limit staggers the requests: a server that answers at once is the only one that is asked, and one that does not is not waited
 * for. With the first success the {@link HaltPolicy} cancels the requests that are out, and those that are not yet. The handler is
 * asynchronous, so that no thread waits for a server.
 */
public final class FirstAnswer {
    private static final RateLimit FOUR_A_SECOND = RateLimit.perSecond(4).withBurst(1);

    private FirstAnswer() {}

    /** Fetches from the first that answers of the URLs that are named on the command line. */
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (WorkerPool<URI, String> pool = start(system, HttpClient.newHttpClient(), FOUR_A_SECOND)) {
            List<URI> mirrors = Stream.of(args).map(URI::create).toList();
            BatchResult<String> result =
                    ask(pool, mirrors).toCompletableFuture().join();
            System.out.println(answer(result).orElse("no answer: " + result.outcomes()));
        } finally {
            system.terminate();
        }
    }

    /** Every request counts for the limit, whichever batch it is of. As many as there are workers may be out at a time. */
    static WorkerPool<URI, String> start(ActorSystem<?> system, HttpClient client, RateLimit limit) {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "mirrors").withWorkers(64).withRateLimit(limit);
        return WorkerPool.startAsync(system, settings, (URI mirror, JobContext context) -> get(client, mirror));
    }

    static CompletionStage<BatchResult<String>> ask(WorkerPool<URI, String> pool, List<URI> mirrors) {
        BatchOptions firstWins =
                BatchOptions.defaults().withHalt(HaltPolicy.now().succeeded(1));
        return pool.submitAll(mirrors, firstWins).result();
    }

    /** Two may have succeeded at the same moment; one of them will do. */
    static Optional<String> answer(BatchResult<String> result) {
        for (Outcome<String> outcome : result.outcomes()) {
            if (outcome instanceof Outcome.Succeeded<String> succeeded) {
                return Optional.of(succeeded.value());
            }
        }
        return Optional.empty();
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
