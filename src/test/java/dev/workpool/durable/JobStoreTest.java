package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the tables are, of which version they are, and when what is in them is dropped. */
@Timeout(60)
class JobStoreTest extends PoolTest {
    private DurableQueue<String> open(JobStore store) {
        return DurableQueue.open(system, store, "jobs", JobCodec.strings());
    }

    @Test
    void tablesOfANewerVersionAreRefused(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("jobs.db");
        try (JobStore store = JobStore.sqlite(file)) {
            open(store);
            try (Connection connection = store.connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE workpool_version SET version = 99");
            }
        }
        try (JobStore store = JobStore.sqlite(file)) {
            assertThatThrownBy(() -> open(store))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("are of version 99")
                    .hasMessageContaining("use a newer library");
        }
    }

    @Test
    void storesWithOtherPrefixesDoNotSeeEachOther(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("jobs.db");
        try (JobStore store = JobStore.sqlite(file).withPrefix("one_")) {
            get(open(store).enqueueAll(List.of("a", "b")));
        }
        try (JobStore store = JobStore.sqlite(file).withPrefix("two_")) {
            assertThat(get(open(store).stats()).waiting()).isZero();
        }
        try (JobStore store = JobStore.sqlite(file).withPrefix("one_")) {
            assertThat(get(open(store).stats()).waiting()).isEqualTo(2);
        }
        assertThatThrownBy(() -> JobStore.sqlite(file).withPrefix("x; DROP TABLE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("small letters");
    }

    @Test
    @NeedsPostgres
    void tablesMayBeInASchemaAndWhatIsOldIsDroppedAsAWhole() throws Exception {
        DataSource database = TestPostgres.shared().createDatabase();
        try (JobStore store =
                JobStore.postgres(database).withSchema("background").withPartitionInterval(Duration.ofSeconds(1))) {
            QueueSettings settings = QueueSettings.create(system, "jobs").withRetention(Duration.ofSeconds(1));
            DurableQueue<String> queue =
                    DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
            try (WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job)) {
                QueueWork work = queue.workOn(pool);
                DurableBatch batch = get(queue.enqueue("old", List.of("a", "b")));
                assertThat(get(batch.ended()).succeeded()).isEqualTo(2);

                await().atMost(LONG).until(() -> parts(database).contains("workpool_payload_2"));
                DurableBatch later = get(
                        queue.enqueueAll(List.of("c"), EnqueueOptions.defaults().withDelay(Duration.ofDays(1))));
                await().atMost(LONG).until(() -> !parts(database).contains("workpool_payload_1"));

                assertThat(get(queue.batch("old"))).isEmpty();
                assertThat(get(later.progress()).pending()).isEqualTo(1);
                assertThat(parts(database)).hasSizeGreaterThan(1);
                work.close();
            }
        }
    }

    private static List<String> parts(DataSource database) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT tablename FROM pg_tables WHERE schemaname = 'background' AND tablename LIKE '%payload_%'")) {
            List<String> parts = new ArrayList<>();
            while (rows.next()) {
                parts.add(rows.getString(1));
            }
            return parts;
        }
    }
}
