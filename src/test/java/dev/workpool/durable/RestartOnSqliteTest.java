package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.PoolTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases of no process that has the file open are those of the dead. */
@Timeout(120)
class RestartOnSqliteTest extends PoolTest {
    @TempDir
    private Path directory;

    private DurableQueue<String> open(JobStore store) {
        return DurableQueue.open(
                system,
                store,
                QueueSettings.create(system, "restarted").withLease(Duration.ofHours(1)),
                JobCodec.strings(),
                QueueOrder.keyed(job -> job));
    }

    @Test
    void whatAKilledProcessHeldRunsAtOnce() throws Exception {
        Path file = directory.resolve("jobs.db");
        long id;
        try (JobStore first = JobStore.sqlite(file)) {
            id = get(open(first).enqueueAll(List.of("a", "b", "c"))).id();
            try (Connection connection = first.connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE workpool_segment SET lease_token = 7, lease_until = 9000000000000");
                statement.execute("UPDATE workpool_lane SET lease_token = 7, lease_until = 9000000000000");
            }
        }
        try (JobStore second = JobStore.sqlite(file)) {
            DurableQueue<String> queue = open(second);
            WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job);
            queue.workOn(pool);
            assertThat(get(get(queue.batch(id)).orElseThrow().ended()).succeeded())
                    .isEqualTo(3);
            pool.close();
        }
    }
}
