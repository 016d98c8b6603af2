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
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a job that comes by itself costs the database. */
@NeedsPostgres
@Timeout(120)
class TransactionsPerJobTest extends PoolTest {
    private static final int JOBS = 200;

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

                    long first = work.stats().succeeded();
                    long[] ofEach = new long[JOBS];
                    for (int i = 0; i < JOBS; i++) {
                        long before = counting.transactions();
                        runOne(queue, work, ran, first + i + 1);
                        ofEach[i] = counting.transactions() - before;
                    }

                    // The process also looks for jobs of others, some times a second, which falls in some jobs' time.
                    Arrays.sort(ofEach);
                    assertThat(ofEach[JOBS * 3 / 4]).isLessThanOrEqualTo(3);
                    assertThat(Arrays.stream(ofEach).sum()).isGreaterThanOrEqualTo(2L * JOBS);
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
