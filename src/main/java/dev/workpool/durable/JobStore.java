package dev.workpool.durable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.durable.internal.store.Connections;
import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.Dialect;
import dev.workpool.durable.internal.store.Inspection;
import dev.workpool.durable.internal.store.Names;
import dev.workpool.durable.internal.store.PooledConnections;
import dev.workpool.durable.internal.store.SchemaScript;
import dev.workpool.durable.internal.store.SqliteConnections;
import dev.workpool.settings.QueueSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Where durable queues are kept: a file of SQLite for all processes of one machine, or a database of PostgreSQL for any
 * number of machines. One store holds any number of queues. Thread-safe.
 *
 * <p>The tables are made when the first queue is opened, and are brought up to date by newer versions of this library.
 * Tables that are newer than the library are refused. Closing the store ends the work on its queues in this process.
 */
public final class JobStore implements AutoCloseable {
    private static final int NETWORK_TIMEOUT_MS = 10_000;
    private static final int BUSY_TIMEOUT_MS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PREFIX = "workpool_";

    private final Dialect dialect;
    private final Supplier<Connections> connect;
    private final Optional<String> schema;
    private final String prefix;
    private final Duration partitionInterval;
    private final boolean createsSchema;

    /** Guarded by this. */
    private StoreRuntime runtime;

    private boolean isClosed;

    private JobStore(
            Dialect dialect,
            Supplier<Connections> connect,
            Optional<String> schema,
            String prefix,
            Duration partitionInterval,
            boolean createsSchema) {
        this.dialect = dialect;
        this.connect = connect;
        this.schema = schema;
        this.prefix = prefix;
        this.partitionInterval = partitionInterval;
        this.createsSchema = createsSchema;
        names(); // checks them
    }

    private Names names() {
        return new Names(dialect, schema, prefix);
    }

    /**
     * Keeps queues in a file, which any number of processes of one machine may have open, each once. Each commit is synced to
     * the disk. One transaction of all processes runs at a time; a process that waits for another one's for 10 seconds gives up
     * with an {@link SQLException} that names it, and tries again as with a database that does not answer.
     *
     * @param file made if it is not there, on a disk of this machine: file systems over a network are refused. SQLite keeps two
     *     more beside it, and the library two that end with {@code .lock} and {@code .writer}, and a folder that ends with
     *     {@code .processes} while it is open. All processes, also those that only read, need to write these
     * @return a store; the file is opened with the first queue, which throws an {@link IllegalStateException} if this process has
     *     it open already, and an {@link IllegalArgumentException} if it cannot be opened or written
     */
    public static JobStore sqlite(Path file) {
        Objects.requireNonNull(file, "file");
        return new JobStore(
                Dialect.SQLITE,
                () -> {
                    require("org.xerial:sqlite-jdbc", "org.sqlite.SQLiteConfig");
                    return new SqliteConnections(file, BUSY_TIMEOUT_MS);
                },
                Optional.empty(),
                PREFIX,
                Duration.ofDays(1),
                true);
    }

    /**
     * Keeps queues in a database of PostgreSQL 14 or newer.
     *
     * @param dataSource gives connections, at least 4 at a time, one of which is kept to hear of new jobs; a pool of
     *     them, such as HikariCP, since each transaction takes one. It is not closed with the store
     * @return a store
     */
    public static JobStore postgres(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "data source");
        return ofPostgres(() -> {
            requirePostgres();
            return new PooledConnections(dataSource, NETWORK_TIMEOUT_MS);
        });
    }

    /**
     * Keeps queues in a database of PostgreSQL 14 or newer, with up to 8 connections that are pooled by HikariCP.
     *
     * @param url such as {@code jdbc:postgresql://localhost/jobs}
     * @param user who
     * @param password what
     * @return a store
     */
    public static JobStore postgres(String url, String user, String password) {
        Objects.requireNonNull(url, "url");
        return ofPostgres(() -> {
            requirePostgres();
            require("com.zaxxer:HikariCP", "com.zaxxer.hikari.HikariDataSource");
            HikariDataSource pool = hikari(url, user, password);
            return new PooledConnections(pool, pool, NETWORK_TIMEOUT_MS, () -> connectOnce(url, user, password));
        });
    }

    private static void requirePostgres() {
        require("org.postgresql:postgresql", "org.postgresql.PGConnection");
    }

    private static JobStore ofPostgres(Supplier<Connections> connect) {
        return new JobStore(Dialect.POSTGRES, connect, Optional.empty(), PREFIX, Duration.ofDays(1), true);
    }

    /** So that it is known at once what is wrong: a pool tries for seconds. */
    private static void connectOnce(String url, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("loginTimeout", String.valueOf(NETWORK_TIMEOUT_MS / 1_000));
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        DriverManager.getConnection(url, properties).close();
    }

    private static HikariDataSource hikari(String url, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName("workpool-store");
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(NETWORK_TIMEOUT_MS);
        config.setTransactionIsolation(
                "TRANSACTION_READ_COMMITTED"); // one that is asked for, and cut off, is unknown for ever
        config.setInitializationFailTimeout(-1); // a database that is away is tried again
        config.addDataSourceProperty("ApplicationName", "workpool");
        return new HikariDataSource(config);
    }

    /** Says what to add: the library depends on no driver, and a class that is missing would say less. */
    private static void require(String library, String type) {
        try {
            Class.forName(type, false, JobStore.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "this job store needs " + library + " on the class path; src/docs/durable.md has the dependency",
                    e);
        }
    }

    /**
     * Keeps the tables in a schema, which is made if it is not there.
     *
     * @param name 1 to 31 small letters, digits and underscores
     * @return a store that is not opened yet
     * @throws IllegalStateException of SQLite, which has no schemas
     */
    public JobStore withSchema(String name) {
        if (dialect == Dialect.SQLITE) {
            throw new IllegalStateException("SQLite has no schemas; allowed: withPrefix");
        }
        return new JobStore(dialect, connect, Optional.of(name), prefix, partitionInterval, createsSchema);
    }

    /**
     * Has the names of all tables begin with a prefix, {@code workpool_} by default.
     *
     * @param text 1 to 31 small letters, digits and underscores
     * @return a store that is not opened yet
     */
    public JobStore withPrefix(String text) {
        return new JobStore(dialect, connect, schema, text, partitionInterval, createsSchema);
    }

    /**
     * Says how long jobs and outcomes are written into the same part of their tables. A part is dropped as a whole once
     * the retention of all of its batches is over.
     *
     * @param interval 1 second to 365 days, 1 day by default
     * @return a store that is not opened yet
     */
    public JobStore withPartitionInterval(Duration interval) {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(
                    "partition interval of a job store = " + interval + "; allowed: 1s to 365 days");
        }
        return new JobStore(dialect, connect, schema, prefix, interval, createsSchema);
    }

    /**
     * Says whether the library makes its tables and brings them up to date, as it does by default. If not, they have to be
     * there: somebody who may make tables runs {@link #schemaSql()}, and a user who may only read and write them does the
     * rest. Then old jobs and outcomes are deleted row by row, where otherwise parts of their tables are dropped; the
     * interval of {@link #withPartitionInterval} means nothing.
     *
     * @param creates false to leave it to somebody else
     * @return a store that is not opened yet. Its first queue is refused with an {@link IllegalStateException} while the
     *     tables are not there, or are older than the library
     */
    public JobStore withSchemaCreation(boolean creates) {
        return new JobStore(dialect, connect, schema, prefix, partitionInterval, creates);
    }

    /**
     * Returns the SQL that makes the tables in an empty database, in one transaction. On PostgreSQL it ends with
     * the grants that the user of {@link #withSchemaCreation withSchemaCreation(false)} needs, as comments. Neither opens
     * the store nor connects to it.
     *
     * @return statements, each ended by a semicolon and a line break
     */
    public String schemaSql() {
        return schemaSql(0);
    }

    /**
     * Returns the SQL that brings tables of an older version up to date, in one transaction.
     *
     * @param version of the tables, which the refusal of an older one names; 0 if there are none
     * @return statements, each ended by a semicolon and a line break
     * @throws IllegalArgumentException if there is no such version
     */
    public String schemaSql(int version) {
        if (version < 0 || version > SchemaScript.newest()) {
            throw new IllegalArgumentException(
                    "version of a job store's tables = " + version + "; allowed: 0 to " + SchemaScript.newest());
        }
        return new SchemaScript(names()).text(version);
    }

    /**
     * Returns a connection to the database, for a transaction of the caller's own in which jobs are enqueued.
     *
     * @return to be closed by the caller
     * @throws SQLException if there is none
     */
    public Connection connection() throws SQLException {
        return runtime().database().connectionForUsers();
    }

    /**
     * Lists the queues that the store has. Makes no tables in a store that has none.
     *
     * @return a stage of their names, in order; fails with an {@link SQLException} if the store does not answer within 30 seconds
     */
    public CompletionStage<List<String>> queues() {
        return runtime()
                .inspect(
                        PATIENCE,
                        List.of(),
                        (inspection, connection) -> inspection.queues(connection).stream()
                                .map(Inspection.Queue::name)
                                .toList());
    }

    /**
     * Looks after a queue that is there, whatever its jobs are.
     *
     * @param settings of the queue, which name it
     * @return a stage of what looks after it; empty if there is no such queue, which is not made
     */
    public CompletionStage<Optional<QueueAdmin>> admin(QueueSettings settings) {
        StoreRuntime open = runtime();
        return open.inspect(settings.storeTimeout(), List.<Inspection.Queue>of(), Inspection::queues)
                .thenApply(queues -> queues.stream()
                        .filter(each -> each.name().equals(settings.name()))
                        .map(each -> QueueAdmin.ofExisting(open, each.id(), each.lanes(), settings))
                        .findAny());
    }

    /**
     * Looks at all queues of the store, as often as the caller asks.
     *
     * @return a watch that has not looked yet
     */
    public StoreWatch watch() {
        return new StoreWatch(runtime());
    }

    /** Opens the store, if it is not open. */
    synchronized StoreRuntime runtime() {
        if (isClosed) {
            throw new IllegalStateException("the job store is closed");
        }
        if (runtime == null) {
            runtime = new StoreRuntime(new Database(names(), connect.get(), createsSchema), partitionInterval);
        }
        return runtime;
    }

    /**
     * Ends the work on its queues in this process, as {@link QueueWork#close} does, and closes its connections. Blocks
     * until that is done. Jobs stay where they are.
     */
    @Override
    public void close() {
        StoreRuntime open;
        synchronized (this) {
            isClosed = true;
            open = runtime;
            runtime = null;
        }
        if (open != null) {
            open.close();
        }
    }
}
