package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.Schedule;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Tables that somebody else makes, for a user who may not. */
@Timeout(120)
class SchemaCreationTest extends PoolTest {
    private static final AtomicInteger USERS = new AtomicInteger();

    private DurableQueue<String> open(JobStore store) {
        QueueSettings settings = QueueSettings.create(system, "jobs")
                .withRetention(Duration.ofSeconds(1))
                .withPollInterval(Duration.ofMillis(100));
        return DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
    }

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(DataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static PGSimpleDataSource as(String user, PGSimpleDataSource database) {
        PGSimpleDataSource users = TestPostgres.through(TestPostgres.shared().port(), database);
        users.setUser(user);
        return users;
    }

    private static String newUser(DataSource database) throws SQLException {
        String user = "jobs_user_" + USERS.incrementAndGet();
        execute(database, "CREATE ROLE " + user + " LOGIN");
        return user;
    }

    /** What the script says, for a user. */
    private static List<String> grants(JobStore store, String user) {
        return store.schemaSql()
                .lines()
                .filter(line -> line.startsWith("-- GRANT"))
                .map(line -> line.substring(3).replace("jobs_user;", user + ";"))
                .toList();
    }

    @Test
    @NeedsPostgres
    void aUserWithTheseGrantsAloneDoesAllThereIs() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        String user = newUser(database);
        try (JobStore store = JobStore.postgres(as(user, database))
                .withSchema("background")
                .withPartitionInterval(Duration.ofSeconds(1))
                .withSchemaCreation(false)) {
            assertThatThrownBy(() -> open(store))
                    .hasMessageContaining("the tables background.workpool_* are not there");
            execute(database, store.schemaSql());
            execute(database, grants(store, user).stream().collect(Collectors.joining("\n")));
            DurableQueue<String> queue = open(store);
            get(queue.setConcurrency(OptionalInt.of(10)));
            get(queue.setRate(Optional.of(RateLimit.perSecond(1_000))));
            get(queue.recur("often", Schedule.every(Duration.ofSeconds(1)), "recurs", MissedRuns.SKIP));
            try (WorkerPool<String, String> pool = WorkerPool.start(system, settings(2), job -> {
                        if (job.equals("bad")) {
                            throw new IllegalArgumentException("as it is bad");
                        }
                        return job;
                    });
                    QueueWork work = queue.workOn(pool)) {
                DurableBatch batch = get(queue.enqueue("key", List.of("a", "bad", "b")));
                assertThat(get(batch.ended()).succeeded()).isEqualTo(2);
                assertThat(get(get(queue.enqueue("single")).outcome()).isSuccess())
                        .isTrue();
                await().atMost(LONG).until(() -> work.stats().succeeded() > 3);
                assertThat(get(queue.requeue(
                                List.of(get(queue.deadLetters(0, 10)).get(0).id()))))
                        .hasSize(1);
                DurableBatch cancelled = get(queue.enqueueAll(List.of("c")));
                get(cancelled.cancel());
                get(queue.pause());
                get(queue.resume());
                assertThat(get(queue.stopRecurring("often"))).isTrue();
                get(cancelled.ended());
                await().atMost(LONG).until(() -> get(queue.stats()).waiting() == 0);
            }
            assertThat(get(queue.health()).isUp()).isTrue();
            // What is old is gone although nothing was dropped.
            await().atMost(LONG)
                    .until(() -> number(
                                    database,
                                    "SELECT (SELECT count(*) FROM background.workpool_batch)"
                                            + " + (SELECT count(*) FROM background.workpool_payload)"
                                            + " + (SELECT count(*) FROM background.workpool_outcome)"
                                            + " + (SELECT count(*) FROM background.workpool_attempt)")
                            == 0);
            assertThat(number(database, "SELECT count(*) FROM background.workpool_part"))
                    .isEqualTo(1);
        }
    }

    @Test
    @NeedsPostgres
    void aGrantThatIsMissingIsNamed() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        String user = newUser(database);
        try (JobStore store = JobStore.postgres(as(user, database)).withSchemaCreation(false)) {
            execute(database, store.schemaSql());
            for (String each : grants(store, user)) {
                execute(database, each.replace(", DELETE ON workpool_dead ", " ON workpool_dead "));
            }
            assertThatThrownBy(() -> open(store))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("user " + user + " has no DELETE on the table workpool_dead; the SQL that"
                            + " JobStore.schemaSql() returns ends with what to grant");
        }
    }

    @Test
    @NeedsPostgres
    void aUserWhoMayMakeNoTablesIsToldWhatToDo() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        String user = newUser(database);
        execute(database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        try (JobStore store = JobStore.postgres(as(user, database))) {
            assertThatThrownBy(() -> open(store))
                    .hasMessageContaining("permission denied for schema public")
                    .hasMessageEndingWith("; a user who may not make tables needs JobStore.withSchemaCreation(false)");
        }
    }

    private static List<String> statements(String script) {
        return List.of(script.strip().split(";\n", -1)).stream()
                .map(each -> each.replaceFirst("^--.*\n", "").replaceFirst(";$", ""))
                .toList();
    }

    private static void execute(JobStore store, List<String> statements) throws SQLException {
        try (Connection connection = store.connection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Test
    void theSameIsThereForAFile(@TempDir Path directory) throws Exception {
        try (JobStore store = JobStore.sqlite(directory.resolve("jobs.db")).withSchemaCreation(false)) {
            assertThatThrownBy(() -> open(store))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the tables workpool_* are not there")
                    .hasMessageContaining("JobStore.schemaSql()");
            execute(store, statements(store.schemaSql()));
            DurableQueue<String> queue = open(store);
            get(queue.enqueueAll(List.of("a")));
            assertThat(get(queue.stats()).waiting()).isEqualTo(1);
        }
    }

    @Test
    void tablesOfAnOlderVersionAreRefusedAndBroughtUpToDate(@TempDir Path directory) throws Exception {
        try (JobStore store = JobStore.sqlite(directory.resolve("jobs.db")).withSchemaCreation(false)) {
            List<String> newer = statements(store.schemaSql(1));
            List<String> older = new ArrayList<>(statements(store.schemaSql()));
            older.removeAll(newer);
            execute(store, older);
            execute(store, List.of("INSERT INTO workpool_version VALUES (1)"));
            assertThatThrownBy(() -> open(store))
                    .hasMessageMatching("the tables workpool_\\* are of version 1, and this library needs version \\d;"
                            + " .* the SQL that JobStore.schemaSql\\(1\\) returns .*");
            execute(store, newer);
            get(open(store).enqueueAll(List.of("a")));
            assertThatThrownBy(() -> store.schemaSql(99))
                    .hasMessageStartingWith("version of a job store's tables = 99; allowed: 0 to ");
        }
    }
}
