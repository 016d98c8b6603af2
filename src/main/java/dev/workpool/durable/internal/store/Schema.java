package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tables, and how they became what they are. Each version is a list of statements that leads there from the one
 * before. Versions that were published do not change any more.
 *
 * <p>What holds: each job of a batch that has no outcome yet is in exactly one row of {@code segment}, and each job
 * that has one in exactly one row of {@code outcome}. A segment is named by its batch and its lowest job. Whoever
 * settles jobs deletes or changes the segment's row by its lease's token, and inserts the outcomes in the same
 * transaction. All times are the database's, in milliseconds since 1970.
 */
final class Schema {
    private static final List<List<String>> VERSIONS = List.of(
            List.of(
                    // One row for each queue. Shared limits are null if there are none.
                    """
            CREATE TABLE {queue} (
                id {identity}, name text NOT NULL UNIQUE, paused int NOT NULL DEFAULT 0, lanes int NOT NULL,
                cost_ns bigint NOT NULL DEFAULT 0, concurrency int, rate double precision, burst int,
                next_slot double precision NOT NULL DEFAULT 0)""",
                    """
            CREATE TABLE {codec} (
                id {identity}, queue bigint NOT NULL, name text NOT NULL, version int NOT NULL,
                UNIQUE (queue, name, version))""",
                    // The counts are null until the batch has ended.
                    """
            CREATE TABLE {batch} (
                id {identity}, queue bigint NOT NULL, name text, token bigint NOT NULL, part int NOT NULL,
                codec bigint NOT NULL, jobs bigint NOT NULL, kept text NOT NULL, priority int NOT NULL,
                created bigint NOT NULL, cancelled bigint, ended bigint,
                succeeded bigint, failed bigint, timed_out bigint, cancelled_jobs bigint)""",
                    "CREATE UNIQUE INDEX {batch}_token ON {batch} (token)",
                    "CREATE INDEX {batch}_part ON {batch} (part)",
                    "CREATE INDEX {batch}_ended ON {batch} (ended) WHERE ended IS NOT NULL",
                    // An idempotency key names a batch, or the job at an index of one.
                    """
            CREATE TABLE {job_key} (
                queue bigint NOT NULL, name text NOT NULL, batch bigint NOT NULL, idx bigint NOT NULL,
                PRIMARY KEY (queue, name))""",
                    "CREATE INDEX {job_key}_batch ON {job_key} (batch)",
                    // What is written once and read, and goes away with its part.
                    "CREATE TABLE {part} (id int PRIMARY KEY, created bigint NOT NULL)",
                    // The jobs: no index of what changes, so that leases are renewed where the row is.
                    """
            CREATE TABLE {segment} (
                batch bigint NOT NULL, lowest bigint NOT NULL, queue bigint NOT NULL, lane int NOT NULL,
                priority int NOT NULL, run_at bigint NOT NULL, codec bigint NOT NULL,
                part int NOT NULL, first_job bigint NOT NULL, span int NOT NULL, members {bytes}, jobs int NOT NULL,
                attempts int NOT NULL DEFAULT 0, lost int NOT NULL DEFAULT 0, strikes int NOT NULL DEFAULT 0,
                started int NOT NULL DEFAULT 0, shared int NOT NULL DEFAULT 0, lease_token bigint, lease_owner text, lease_until bigint,
                PRIMARY KEY (batch, lowest))""",
                    "CREATE INDEX {segment}_next ON {segment} (queue, priority, run_at, batch, lowest)",
                    "CREATE INDEX {segment}_lane ON {segment} (queue, lane, batch, lowest) WHERE lane >= 0",
                    // Jobs whose outcome was committed together with what their handler wrote.
                    """
            CREATE TABLE {done} (
                batch bigint NOT NULL, idx bigint NOT NULL, attempts int NOT NULL, result {bytes},
                PRIMARY KEY (batch, idx))""",
                    // A lane of a keyed queue is worked on by one process at a time.
                    """
            CREATE TABLE {lane} (
                queue bigint NOT NULL, lane int NOT NULL, lease_token bigint, lease_until bigint,
                PRIMARY KEY (queue, lane))""",
                    """
            CREATE TABLE {dead} (
                id {identity}, queue bigint NOT NULL, batch bigint NOT NULL, idx bigint NOT NULL, died bigint NOT NULL,
                attempts int NOT NULL, strikes int NOT NULL, priority int NOT NULL,
                codec bigint NOT NULL, job {bytes} NOT NULL, history {bytes} NOT NULL)""",
                    "CREATE INDEX {dead}_queue ON {dead} (queue, id)",
                    """
            CREATE TABLE {recurring} (
                queue bigint NOT NULL, name text NOT NULL, schedule text NOT NULL, zone text NOT NULL,
                missed text NOT NULL, priority int NOT NULL, lane int NOT NULL, codec bigint NOT NULL,
                job {bytes} NOT NULL, due bigint, runs bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, name))""",
                    // Who works on a queue, what they may run of its shared limit, and whether they have nothing to do.
                    """
            CREATE TABLE {worker} (
                queue bigint NOT NULL, owner text NOT NULL, share int NOT NULL, wants int NOT NULL,
                hungry_until bigint NOT NULL, seen_until bigint NOT NULL, PRIMARY KEY (queue, owner))"""),
            List.of(
                    // Whoever holds it has heard that its batch is cancelled, and begins none of it.
                    "ALTER TABLE {segment} ADD COLUMN cancel_seen int",
                    // Jobs that are cancelled by themselves; 1 if there are some, or were.
                    "ALTER TABLE {batch} ADD COLUMN cancels_jobs int",
                    """
            CREATE TABLE {cancelled_job} (
                batch bigint NOT NULL, number bigint NOT NULL, PRIMARY KEY (batch, number))""",
                    // The units of the rate that no process has, with their tokens, and those that each has.
                    "ALTER TABLE {queue} DROP COLUMN next_slot",
                    "ALTER TABLE {queue} ADD COLUMN free_units int NOT NULL DEFAULT 0",
                    "ALTER TABLE {queue} ADD COLUMN tokens double precision NOT NULL DEFAULT 0",
                    "ALTER TABLE {queue} ADD COLUMN tokens_at bigint NOT NULL DEFAULT 0",
                    "ALTER TABLE {worker} ADD COLUMN units int NOT NULL DEFAULT 0",
                    "ALTER TABLE {worker} ADD COLUMN wanted_units int NOT NULL DEFAULT 0",
                    // Those of a process that has died are known by it.
                    "ALTER TABLE {lane} ADD COLUMN lease_owner text"));

    /** Those of PostgreSQL are cut into parts, which are dropped as a whole. */
    private static final List<String> CUT = List.of(
            """
            CREATE TABLE {payload} (
                part int NOT NULL, batch bigint NOT NULL, first_job bigint NOT NULL, jobs int NOT NULL,
                data {bytes} NOT NULL, PRIMARY KEY (part, batch, first_job))""",
            """
            CREATE TABLE {outcome} (
                part int NOT NULL, batch bigint NOT NULL, lowest bigint NOT NULL,
                succeeded int NOT NULL, failed int NOT NULL, timed_out int NOT NULL, cancelled int NOT NULL,
                data {bytes}, PRIMARY KEY (part, batch, lowest))""",
            // Attempts that failed and were followed by others; they become the history of dead letters.
            """
            CREATE TABLE {attempt} (
                part int NOT NULL, batch bigint NOT NULL, lowest bigint NOT NULL, attempts int NOT NULL,
                at bigint NOT NULL, data {bytes} NOT NULL, PRIMARY KEY (part, batch, lowest, attempts))""");

    static final int NEWEST = VERSIONS.size();

    private static final Pattern TABLE = Pattern.compile("^\\s*CREATE TABLE \\{(\\w+)\\}");

    private final Names names;

    Schema(Names names) {
        this.names = names;
    }

    /**
     * Makes the tables, or brings them up to this version. Several processes may do so at a time.
     *
     * @throws IllegalStateException if they are of a newer version than this code
     */
    void migrate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (names.dialect().isPostgres()) {
                statement.execute("SELECT pg_advisory_xact_lock(" + ("workpool " + names.table("")).hashCode() + ")");
            }
            for (String each : frame()) {
                statement.execute(each);
            }
            int version = version(statement);
            checkNotNewer(version);
            for (String each : since(version)) {
                statement.execute(each);
            }
        }
    }

    /**
     * Looks whether the tables are there, for who may not make them.
     *
     * @throws IllegalStateException if they are not, or are of another version than this code
     */
    void check(Connection connection) throws SQLException {
        int version;
        try (Statement statement = connection.createStatement()) {
            version = version(statement);
        } catch (SQLException e) {
            if (!Failures.isWithoutTables(e)) {
                throw e;
            }
            version = 0;
        }
        checkNotNewer(version);
        if (version < NEWEST) {
            throw new IllegalStateException("the tables " + names.table("*")
                    + (version == 0
                            ? " are not there"
                            : " are of version " + version + ", and this library needs version " + NEWEST)
                    + "; withSchemaCreation(false) has a user who may make tables run the SQL that JobStore.schemaSql("
                    + (version == 0 ? "" : version)
                    + ") returns and `workpool queue schema` prints");
        }
    }

    private void checkNotNewer(int version) {
        if (version > NEWEST) {
            throw new IllegalStateException("the tables " + names.table("*") + " are of version " + version
                    + ", and this library knows versions up to " + NEWEST + "; use a newer library");
        }
    }

    /** What the tables of any version are in. */
    List<String> frame() {
        String version = names.sql("CREATE TABLE IF NOT EXISTS {version} (version int NOT NULL)");
        return names.schema()
                .map(schema -> List.of("CREATE SCHEMA IF NOT EXISTS " + schema, version))
                .orElse(List.of(version));
    }

    /** What leads from a version to this one; 0 has no tables. */
    List<String> since(int version) {
        List<String> statements = new ArrayList<>();
        for (int next = version; next < NEWEST; next++) {
            VERSIONS.get(next).forEach(each -> statements.add(index(each)));
            if (next == 0) {
                cut(statements);
            }
        }
        if (version < NEWEST) {
            statements.add(names.sql("DELETE FROM {version}"));
            statements.add(names.sql("INSERT INTO {version} VALUES (" + NEWEST + ")"));
        }
        return statements;
    }

    /** The tables that this version has, but for that of the version itself, in the order in which they were made. */
    List<String> tables() {
        return Stream.concat(VERSIONS.stream().flatMap(List::stream), CUT.stream())
                .map(TABLE::matcher)
                .filter(Matcher::find)
                .map(made -> made.group(1))
                .toList();
    }

    private int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(names.sql("SELECT max(version) FROM {version}"))) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private void cut(List<String> statements) {
        for (String each : CUT) {
            statements.add(names.sql(each) + (names.dialect().isPostgres() ? " PARTITION BY LIST (part)" : ""));
        }
        if (names.dialect().isPostgres()) {
            // Bytes beside the row, and as they are: they are compressed already, or are not to be.
            statements.add(names.sql("ALTER TABLE {payload} ALTER COLUMN data SET STORAGE EXTERNAL"));
            // Room for the row with its lease in the same page.
            statements.add(names.sql("ALTER TABLE {segment} SET (fillfactor = 50)"));
        }
    }

    /** An index has a name without a schema; it is in that of its table. */
    private String index(String statement) {
        return names.sql(statement.replaceFirst("INDEX \\{(\\w+)\\}_", "INDEX " + names.plain("$1_")));
    }
}
