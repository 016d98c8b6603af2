package dev.workpool.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.Cli;
import dev.workpool.cli.CliProcess;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Where the password of a database comes from, and what is said if it does not let somebody in: at once, with the way out. */
@NeedsPostgres
@Timeout(120)
class LoginTest {
    private static final String USER = "ann_of_the_command_line";
    private static final String PASSWORD = "not the user's name";
    private static String database;

    @TempDir
    private Path folder;

    @BeforeAll
    static void createUser() throws Exception {
        PGSimpleDataSource created = TestPostgres.shared().createDatabase();
        database = "jdbc:postgresql://127.0.0.1:" + created.getPortNumbers()[0] + "/" + created.getDatabaseName();
        try (Connection connection = created.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD.replace("'", "''") + "'");
            statement.execute("ALTER DATABASE " + created.getDatabaseName() + " OWNER TO " + USER);
        }
        TestPostgres.shared().askForPasswordOf(USER);
    }

    private Cli.Ran status(Map<String, String> environment, String options) throws Exception {
        return CliProcess.start(
                        environment,
                        List.of("-Duser.home=" + folder),
                        "unset PGUSER PGPASSWORD; " + assignments(environment) + "exec \"$@\" queue status --store '"
                                + database + "?user=" + USER + "' " + options)
                .await();
    }

    /** What the shell has just unset. */
    private static String assignments(Map<String, String> environment) {
        return environment.containsKey("PGPASSWORD") ? "export PGPASSWORD=\"$GIVEN\"; " : "";
    }

    @Test
    void thePasswordIsInTheEnvironmentOrInAFile() throws Exception {
        assertThat(status(Map.of("WORKPOOL_STORE_PASSWORD", PASSWORD), "").out())
                .isEqualTo("no queues\n");
        assertThat(status(Map.of("PGPASSWORD", PASSWORD, "GIVEN", PASSWORD), "").out())
                .isEqualTo("no queues\n");
        Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        assertThat(status(Map.of("WORKPOOL_STORE_PASSWORD", "wrong"), "--password-file " + file)
                        .out())
                .isEqualTo("no queues\n");
        Path pgpass = Files.writeString(folder.resolve(".pgpass"), "*:*:*:" + USER + ":" + PASSWORD + "\n");
        Files.setPosixFilePermissions(pgpass, PosixFilePermissions.fromString("rw-------"));
        assertThat(status(Map.of(), "").out()).as("~/.pgpass").isEqualTo("no queues\n");
    }

    @Test
    void aWrongPasswordOrNoneIsSaidAtOnce() throws Exception {
        Cli.Ran wrong = status(Map.of("WORKPOOL_STORE_PASSWORD", "wrong"), "");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err())
                .contains("password authentication failed for user \"" + USER + "\"")
                .contains("the password in WORKPOOL_STORE_PASSWORD, PGPASSWORD, ~/.pgpass or --password-file FILE")
                .hasLineCount(1);
        Cli.Ran none = status(Map.of(), "");
        assertThat(none.status()).as(none.err()).isEqualTo(2);
        assertThat(none.err())
                .contains("password")
                .contains("(user " + USER + ")")
                .hasLineCount(1);
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        Cli.Ran ran = Cli.run("queue", "status", "--store", database + "_none?user=postgres");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains("_none\" does not exist; allowed: a database that is there")
                .hasLineCount(1);
    }

    @Test
    void aServerThatIsAwayIsNamed() {
        Cli.Ran ran = Cli.run("queue", "work", "--store", "jdbc:postgresql://127.0.0.1:1/jobs");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err())
                .startsWith("workpool: --store jdbc:postgresql://127.0.0.1:1/jobs: Connection to 127.0.0.1:1 refused")
                .hasLineCount(1);
    }

    @Test
    void whoMayMakeNoTablesUsesThoseThatThereAre() throws Exception {
        PGSimpleDataSource created = TestPostgres.shared().createDatabase();
        String owner = "jdbc:postgresql://127.0.0.1:" + created.getPortNumbers()[0] + "/" + created.getDatabaseName()
                + "?user=postgres";
        String user = "bob_of_the_command_line";
        String sql = Cli.run("queue", "schema").out();
        try (Connection connection = created.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + user + " LOGIN");
            Cli.Ran refused = Cli.run(
                    "queue",
                    "add",
                    "--store",
                    owner.replace("user=postgres", "user=" + user),
                    "--no-schema-creation",
                    "--exec",
                    "echo {}",
                    "a");
            assertThat(refused.status()).as("without tables").isEqualTo(1);
            assertThat(refused.err()).contains("table").hasLineCount(1);
            statement.execute(sql);
            for (String grant : sql.lines()
                    .filter(line -> line.startsWith("-- GRANT"))
                    .map(line -> line.substring(3).replaceFirst(" TO \\w+;", " TO " + user + ";"))
                    .toList()) {
                statement.execute(grant);
            }
        }
        String store = owner.replace("user=postgres", "user=" + user);
        String[] options = {"--store", store, "--no-schema-creation"};
        assertThat(Cli.run(line(options, "add", "--exec", "echo {}", "a")).out())
                .contains("added 1 job");
        assertThat(Cli.run(line(options, "work", "--until-empty")).out()).isEqualTo("a\n");
        assertThat(Cli.run(line(options, "status")).status()).isZero();
    }

    private static String[] line(String[] options, String command, String... more) {
        List<String> line = new ArrayList<>(List.of("queue", command));
        line.addAll(List.of(options));
        line.addAll(List.of(more));
        return line.toArray(String[]::new);
    }
}
