package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.WorkerPoolSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/**
 * Sends a newsletter that survives its process: kill it, start it again, and it sends the rest.
 *
 * <p>The emails are enqueued under a key, so the second start enqueues none. An email that was being sent when the process was killed is
 * sent again; nothing else is.
 */
public final class DurableEmails {
    private DurableEmails() {}

    record Email(String to, String subject) {}

    /** Sends 500 emails within seconds; the file, if any, and the newsletter's name are named on the command line. */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args.length > 0 ? args[0] : "target/emails.db");
        String newsletter = args.length > 1 ? args[1] : "newsletter-47";
        List<Email> emails = IntStream.range(0, 500)
                .mapToObj(i -> new Email("reader" + i + "@example.org", newsletter))
                .toList();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (JobStore store = JobStore.sqlite(file)) {
            BatchProgress counts = send(system, store, newsletter, emails, email -> {
                Thread.sleep(20); // a mail server takes its time
                return null;
            });
            System.out.println("All in all: " + counts);
        } finally {
            system.terminate();
        }
    }

    /** Enqueues the emails, unless that was done before, and works on them until all are sent, whoever sends them. */
    static BatchProgress send(
            ActorSystem<?> system,
            JobStore store,
            String newsletter,
            List<Email> emails,
            JobHandler.Simple<Email, Void> sendOne)
            throws InterruptedException, ExecutionException {
        DurableQueue<Email> queue = DurableQueue.open(system, store, "emails", JobCodec.json(Email.class));
        DurableBatch batch = queue.enqueue(newsletter, emails).get();
        System.out.println(
                batch.isNew() ? "Enqueued " + batch.jobs() + " emails" : "They were enqueued before; sending the rest");
        WorkerPoolSettings four = WorkerPoolSettings.create(system, "emails").withWorkers(4);
        try (WorkerPool<Email, Void> pool = WorkerPool.start(system, four, sendOne);
                QueueWork work = queue.workOn(pool)) {
            BatchProgress counts = batch.ended().toCompletableFuture().get();
            System.out.println("This process has sent " + work.stats().succeeded());
            return counts;
        }
    }
}
