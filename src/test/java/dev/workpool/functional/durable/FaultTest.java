package dev.workpool.functional.durable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What tests of faults share: a database, and a store that reaches it by a network that may be cut. */
@Timeout(120)
@NeedsPostgres
abstract class FaultTest extends PoolTest {
    /** What logs that a store is away. */
    static final String AVAILABILITY = "dev.workpool.durable.internal.store.Availability";

    static final String QUEUE = "queue";

    protected PGSimpleDataSource database;
    protected CuttableProxy network;

    /** Reaches the database by the network. */
    protected JobStore store;

    private final List<AutoCloseable> open = new ArrayList<>();

    /** The server that the tests use. */
    protected TestPostgres server() {
        return TestPostgres.shared();
    }

    @BeforeEach
    void createStore() throws Exception {
        database = server().createDatabase();
        network = new CuttableProxy(server().port());
        store = store(TestPostgres.through(network.port(), database));
    }

    @AfterEach
    void close() throws Exception {
        network.heal();
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
        network.close();
    }

    /** Closes it at the end of the test, before what was made earlier. */
    protected <T extends AutoCloseable> T closed(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    protected JobStore store(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(1_000);
        config.setValidationTimeout(500);
        config.setInitializationFailTimeout(-1);
        return closed(JobStore.postgres(closed(new HikariDataSource(config))));
    }

    protected QueueSettings queueSettings() {
        return QueueSettings.create(system, QUEUE)
                .withLease(Duration.ofSeconds(1))
                .withPollInterval(Duration.ofMillis(100));
    }

    protected DurableQueue<String> queue(JobStore of, QueueSettings settings) {
        return DurableQueue.open(system, of, settings, JobCodec.strings(), QueueOrder.byPriority());
    }

    protected WorkerPool<String, Void> pool(Handler handler) {
        return closed(WorkerPool.start(system, settings(2), (String job) -> {
            handler.run(job);
            return null;
        }));
    }

    /** What runs a job of these tests. */
    @FunctionalInterface
    protected interface Handler {
        void run(String job) throws Exception;
    }

    protected static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "job " + i).toList();
    }

    /** A number that a query returns, asked directly. */
    protected long number(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    protected void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
