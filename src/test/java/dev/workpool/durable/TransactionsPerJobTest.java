package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.support.CountingDataSource;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a job that comes by itself costs the database. */
@NeedsPostgres
@Timeout(120)
class TransactionsPerJobTest extends PoolTest {
    private static final int JOBS = 200;

    /** Looks of a process that has nothing to do, such as for jobs of others. */
    private static final int PER_SECOND = 6;

    @Test
    void aJobIsStoredAndAcknowledgedInThreeTransactionsAtMost() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setDataSource(TestPostgres.shared().createDatabase());
        config.setMaximumPoolSize(8);
        try (HikariDataSource connections = new HikariDataSource(config)) {
            CountingDataSource counting = new CountingDataSource(connections);
            try (JobStore store = JobStore.postgres(counting.counted())) {
                DurableQueue<String> queue = DurableQueue.open(system, store, "counted", JobCodec.strings());
                Semaphore ran = new Semaphore(0);
                try (WorkerPool<String, Integer> pool = WorkerPool.start(system, settings(2), job -> {
                            ran.release();
                            return 1;
                        });
                        QueueWork work = queue.workOn(pool)) {
                    runOne(queue, work, ran, 1);
                    // From the next look on it is known that there are no others.
                    await().until(() -> {
                        long before = counting.transactions();
                        runOne(queue, work, ran, work.stats().succeeded() + 1);
                        return counting.transactions() - before <= 3;
                    });

                    long began = System.nanoTime();
                    long before = counting.transactions();
                    long first = work.stats().succeeded();
                    for (int i = 1; i <= JOBS; i++) {
                        runOne(queue, work, ran, first + i);
                    }
                    long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);

                    assertThat(counting.transactions() - before)
                            .as("transactions of %d jobs in %d s", JOBS, seconds)
                            .isBetween(2L * JOBS, 3L * JOBS + PER_SECOND * seconds);
                }
            }
        }
    }

    /** Until it is acknowledged. */
    private static void runOne(DurableQueue<String> queue, QueueWork work, Semaphore ran, long succeeded)
            throws Exception {
        queue.enqueue("job").get();
        ran.acquire();
        await().pollInterval(java.time.Duration.ofMillis(1))
                .until(() -> work.stats().succeeded() >= succeeded);
    }
}
