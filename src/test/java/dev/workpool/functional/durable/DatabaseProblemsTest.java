package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.SwitchingDataSource;
import dev.workpool.support.TestPostgres;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Databases as people set them up: what is wrong with them is said when the first queue is opened, by its name. */
@Timeout(120)
@NeedsPostgres
class DatabaseProblemsTest extends PoolTest {
    private DurableQueue<String> open(JobStore store) {
        QueueSettings settings = QueueSettings.create(system, "jobs")
                .withStoreTimeout(Duration.ofSeconds(1))
                .withPollInterval(Duration.ofMillis(100));
        return DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
    }

    private String refusalOf(JobStore opened) {
        try (JobStore store = opened) {
            Throwable refusal = catchThrowable(() -> open(store));
            assertThat(refusal).isInstanceOf(IllegalStateException.class);
            return refusal.getMessage();
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static void execute(DataSource database, String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Test
    void aUserWhoIsNotLetInIsRefused() throws Exception {
        String url = url(
                TestPostgres.shared().port(),
                TestPostgres.shared().createDatabase().getDatabaseName());
        assertThat(refusalOf(JobStore.postgres(url, "nobody_here", "x")))
                .isEqualTo("queue 'jobs' cannot be opened: FATAL: role \"nobody_here\" does not exist");
    }

    @Test
    void anUnknownDatabaseIsRefused() {
        assertThat(refusalOf(JobStore.postgres(url(TestPostgres.shared().port(), "no_such"), "postgres", "")))
                .isEqualTo("queue 'jobs' cannot be opened: FATAL: database \"no_such\" does not exist");
    }

    /** A pool waits for a connection for as long as it is told to, and then says why it has none. */
    @Test
    void aPoolOfTheUsersThatIsNotLetInIsRefused() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(TestPostgres.shared().port(), database.getDatabaseName()));
        config.setUsername("nobody_here");
        config.setConnectionTimeout(500);
        config.setInitializationFailTimeout(-1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            assertThat(refusalOf(JobStore.postgres(pool))).contains("role \"nobody_here\" does not exist");
        }
        HikariDataSource lazy = new HikariDataSource();
        lazy.setJdbcUrl(config.getJdbcUrl());
        lazy.setUsername("nobody_here");
        try (lazy) {
            assertThat(refusalOf(JobStore.postgres(lazy))).contains("role \"nobody_here\" does not exist");
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndAStandbyIsNamed() throws Exception {
        try (TestPostgres server = TestPostgres.start()) {
            PGSimpleDataSource database = server.createDatabase();
            execute(database, "CREATE ROLE guarded LOGIN PASSWORD 'right'", "GRANT ALL ON SCHEMA public TO guarded");
            server.askForPasswordOf("guarded");
            String url = url(server.port(), database.getDatabaseName());
            assertThat(refusalOf(JobStore.postgres(url, "guarded", "wrong")))
                    .isEqualTo(
                            "queue 'jobs' cannot be opened: FATAL: password authentication failed for user \"guarded\"");
            try (JobStore store = JobStore.postgres(url, "guarded", "right")) {
                DurableQueue<String> queue = open(store);
                assertThat(get(queue.health()).isUp()).isTrue();

                // From now on it is not let in any more: nothing waits for that to change.
                String sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'";
                execute(database, "ALTER ROLE guarded PASSWORD 'another'", sessions);
                await().atMost(LONG)
                        .untilAsserted(() -> assertThatThrownBy(() -> get(queue.enqueue("job")))
                                .hasMessageContaining("password authentication failed"));
                assertThat(get(queue.health()).toString())
                        .startsWith("DEGRADED: the store does not answer")
                        .contains("password authentication failed");
                execute(database, "ALTER ROLE guarded PASSWORD 'right'");
                get(queue.enqueue("job"));
                assertThat(get(queue.health()).isUp()).isTrue();
            }
            server.restartAsStandby();
            assertThat(refusalOf(JobStore.postgres(database)))
                    .contains("the server is a standby, which takes no writes", "targetServerType=primary");
        }
    }

    @Test
    void connectionsThatOnlyReadOrAreSerializableAreRefused() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        String name = database.getDatabaseName();
        execute(database, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        assertThat(refusalOf(JobStore.postgres(database))).contains("are read-only", "default_transaction_read_only");
        execute(
                database,
                "SET default_transaction_read_only = off",
                "ALTER DATABASE " + name + " RESET default_transaction_read_only",
                "ALTER DATABASE " + name + " SET default_transaction_isolation = 'serializable'");
        assertThat(refusalOf(JobStore.postgres(database))).contains("\"serializable\"", "\"read committed\"");
        // Our own connections ask for what they need.
        try (JobStore store = JobStore.postgres(url(TestPostgres.shared().port(), name), "postgres", "")) {
            assertThat(get(open(store).health()).isUp()).isTrue();
        }
    }

    @Test
    void aPoolOfOneIsRefused() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setDataSource(TestPostgres.shared().createDatabase());
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            assertThat(refusalOf(JobStore.postgres(pool)))
                    .isEqualTo("the pool of connections has a maximum of 1; allowed for a job store: 2 or more, better"
                            + " 4, since one is kept to hear of new jobs");
        }
    }

    /** It may also be one that others have emptied for a while. */
    @Test
    void aPoolThatGivesNoSecondConnectionIsNamedUntilItDoes() throws Exception {
        Semaphore connections = new Semaphore(1);
        DataSource scarce = limited(TestPostgres.shared().createDatabase(), connections);
        try (JobStore store = JobStore.postgres(scarce)) {
            DurableQueue<String> queue = open(store);
            assertThat(get(queue.health()).toString())
                    .startsWith("DOWN: the queue has not been opened yet")
                    .contains("gave one connection, and no second one within 5 s");
            assertThatThrownBy(() -> get(queue.enqueue("job")))
                    .hasMessageContaining("has not answered for PT1S: the data source gave one connection");
            connections.release(3);
            await().atMost(LONG).until(() -> get(queue.health()).isUp());
        }
    }

    private static DataSource limited(DataSource database, Semaphore permits) {
        return proxy(DataSource.class, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                throw new UnsupportedOperationException(method.toString());
            }
            permits.acquire();
            Connection connection = database.getConnection();
            return proxy(Connection.class, (called, with) -> {
                if (called.getName().equals("close") && !connection.isClosed()) {
                    permits.release();
                }
                return called.invoke(connection, with);
            });
        });
    }

    private interface Call {
        Object call(Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                DatabaseProblemsTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.call(method, arguments)));
    }

    @Test
    void aServerThatIsAwayIsNamedWithWhatTheDriverSays() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (JobStore store = JobStore.postgres(url(free, "jobs"), "postgres", "")) {
            DurableQueue<String> queue = open(store);
            assertThatThrownBy(() -> get(queue.enqueue("job")))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("the job store PostgreSQL has not answered for PT1S: Connection to 127.0.0.1:"
                            + free + " refused");
            assertThat(get(queue.health()).toString()).startsWith("DOWN").contains("refused");
        }
    }

    // Closing

    /** Nobody can be told of it any more, which is no reason to call it again. */
    @Test
    void whatIsStoredWhileTheStoreIsClosedHasNotFailed() throws Exception {
        DataSource database = TestPostgres.shared().createDatabase();
        for (int i = 0; i < 5; i++) {
            CompletionStage<DurableBatch> enqueued;
            try (JobStore store = JobStore.postgres(database)) {
                enqueued = open(store).enqueueAll(List.of("a", "b"));
            }
            assertThat(get(enqueued).jobs()).isEqualTo(2);
        }
    }

    // Poolers

    /** Notifications would reach nobody, and prepared statements be unknown; what is left is to look now and then. */
    @Test
    void connectionsThatChangeTheirSessionAreNamedAndWork() throws Exception {
        try (SwitchingDataSource pooler =
                new SwitchingDataSource(TestPostgres.shared().createDatabase())) {
            worksAndSaysThatItHearsNothing(pooler.dataSource());
        }
    }

    private void worksAndSaysThatItHearsNothing(DataSource pooled) throws Exception {
        try (CapturedLog log = CapturedLog.of(FaultTest.AVAILABILITY);
                JobStore store = JobStore.postgres(pooled);
                WorkerPool<String, String> pool = WorkerPool.start(system, settings(2), (String job) -> job)) {
            DurableQueue<String> queue = open(store);
            assertThat(log.messages()).singleElement().asString().contains("PgBouncer in transaction mode");
            assertThat(get(queue.health()).toString())
                    .startsWith("DEGRADED: its connections change their session between transactions");
            try (var work = queue.workOn(pool)) {
                for (int i = 0; i < 20; i++) { // more than it takes until the driver prepares a statement by name
                    assertThat(get(get(queue.enqueueAll(List.of("a", "b"))).ended())
                                    .succeeded())
                            .isEqualTo(2);
                }
                assertThat(work.stats().succeeded()).isEqualTo(40);
            }
            assertThat(log.messages()).hasSize(1);
        }
    }

    @Test
    void pgBouncerIsNoticedInTransactionModeAlone(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/pgbouncer")), "pgbouncer is not installed");
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        for (String mode : List.of("transaction", "session")) {
            try (PgBouncer bouncer =
                    new PgBouncer(directory, mode, TestPostgres.shared().port())) {
                PGSimpleDataSource through = TestPostgres.through(bouncer.port, database);
                if (mode.equals("transaction")) {
                    worksAndSaysThatItHearsNothing(through);
                } else {
                    try (JobStore store = JobStore.postgres(through)) {
                        assertThat(get(open(store).health()).isUp()).isTrue();
                    }
                }
            }
        }
    }

    /** Without prepared statements of its own, as before 1.21. */
    private static final class PgBouncer implements AutoCloseable {
        final int port;
        private final Process process;

        PgBouncer(Path directory, String mode, int server) throws IOException, InterruptedException {
            try (ServerSocket socket = new ServerSocket(0)) {
                port = socket.getLocalPort();
            }
            Path settings = directory.resolve(mode + ".ini");
            Files.writeString(settings, """
                    [databases]
                    * = host=127.0.0.1 port=%d
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = %s
                    max_prepared_statements = 0
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(server, port, mode).replace("* =", "* = user=postgres"));
            boolean isRoot = System.getProperty("user.name").equals("root");
            process = new ProcessBuilder(
                            isRoot
                                    ? List.of("unshare", "-U", "/usr/sbin/pgbouncer", settings.toString())
                                    : List.of("/usr/sbin/pgbouncer", settings.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(mode + ".log").toFile())
                    .start();
            await().atMost(LONG)
                    .until(() ->
                            Files.readString(directory.resolve(mode + ".log")).contains("process up"));
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
