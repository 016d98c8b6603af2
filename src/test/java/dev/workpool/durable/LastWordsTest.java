package dev.workpool.durable;

import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What a process tells that enqueues jobs and ends at once, as commands do: others need not find the jobs by looking now and then. */
@NeedsPostgres
@Timeout(120)
class LastWordsTest extends PoolTest {
    private static final int PROCESSES = 10;

    @Test
    void jobsOfAStoreThatIsClosedAtOnceAreHeardOf() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        QueueSettings settings = QueueSettings.create(system, "heard").withPollInterval(Duration.ofHours(1));
        Set<String> ran = ConcurrentHashMap.newKeySet();
        try (JobStore store = store(database);
                WorkerPool<String, Boolean> pool = WorkerPool.start(system, settings(2), ran::add)) {
            DurableQueue<String> queue =
                    DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
            try (QueueWork work = queue.workOn(pool)) {
                await().atMost(LONG)
                        .until(
                                () -> { // it listens, and has looked for the last time
                                    get(queue.stats());
                                    enqueueAndClose(database, settings, "first");
                                    return ran.contains("first");
                                });
                for (int i = 0;
                        i < PROCESSES && !work.whenEnded().toCompletableFuture().isDone();
                        i++) {
                    String job = "job " + i;
                    enqueueAndClose(database, settings, job);
                    await().atMost(LONG).until(() -> ran.contains(job));
                }
            }
        }
    }

    private void enqueueAndClose(PGSimpleDataSource database, QueueSettings settings, String job) throws Exception {
        try (JobStore store = store(database)) {
            DurableQueue<String> queue =
                    DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
            get(queue.enqueueAll(List.of(job)));
        }
    }

    private static JobStore store(PGSimpleDataSource database) {
        return JobStore.postgres(
                "jdbc:postgresql://127.0.0.1:" + database.getPortNumbers()[0] + "/" + database.getDatabaseName(),
                "postgres",
                "");
    }
}
