package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.WorkerPool;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.examples.Outbox.Order;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OutboxTest extends PoolTest {
    @TempDir
    private Path directory;

    @Test
    void eachOrderThatWasTakenIsBookedOnceOnSqlite() throws Exception {
        try (JobStore store = JobStore.sqlite(directory.resolve("outbox.db"))) {
            eachOrderIsBookedOnce(store);
        }
    }

    @Test
    @NeedsPostgres
    void eachOrderThatWasTakenIsBookedOnceOnPostgres() throws Exception {
        try (JobStore store = JobStore.postgres(TestPostgres.shared().createDatabase())) {
            eachOrderIsBookedOnce(store);
        }
    }

    private void eachOrderIsBookedOnce(JobStore store) throws Exception {
        Outbox outbox = new Outbox(system, store);
        for (int i = 1; i <= 5; i++) {
            outbox.place(new Order(i, 100));
        }
        assertThatThrownBy(() -> outbox.place(new Order(5, 100))).isInstanceOf(SQLException.class);
        WorkerPool<TransactionalTask, Object> pool = WorkerPool.start(system, settings(2), TransactionalTask::run);
        QueueWork work = outbox.work(pool);
        for (int i = 1; i <= 5; i++) {
            outbox.awaitBooked(i);
        }
        work.close();
        pool.close();
        assertThat(sum(store, "SELECT count(*) FROM booked")).isEqualTo(5);
        assertThat(sum(store, "SELECT sum(order_id) FROM booked")).isEqualTo(15);
    }

    private static long sum(JobStore store, String query) throws SQLException {
        try (Connection connection = store.connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
