package dev.workpool.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL that syncs what it commits, on loopback, which ends with the JVM at the latest. Any thread may use it. The class that uses it is
 * marked with {@link NeedsPostgres}.
 */
public final class TestPostgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Duration START = Duration.ofSeconds(60); // it takes one or two

    private final EmbeddedPostgres server;
    private final Path data;

    private TestPostgres() {
        try {
            server = EmbeddedPostgres.builder() // which switches both off
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setPGStartupWait(START)
                    .start();
            data = Path.of(setting("data_directory"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Started by the first test that asks for it. */
    private static final class Shared {
        static final TestPostgres SERVER = new TestPostgres();
    }

    /** The server of all tests of this JVM, which none of them stops. */
    public static TestPostgres shared() {
        return Shared.SERVER;
    }

    /** A server of the test's own, to stop and start at will. */
    public static TestPostgres start() {
        return new TestPostgres();
    }

    /** A new and empty database. Each of its connections is a session of its own: nothing is pooled. */
    public PGSimpleDataSource createDatabase() throws SQLException {
        String name = "test" + DATABASES.incrementAndGet();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return at(port(), name);
    }

    /** The same database by another port, such as that of a {@link CuttableProxy}. */
    public static PGSimpleDataSource through(int port, PGSimpleDataSource database) {
        return at(port, database.getDatabaseName());
    }

    private static PGSimpleDataSource at(int port, String name) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setServerNames(new String[] {"127.0.0.1"});
        database.setPortNumbers(new int[] {port});
        database.setDatabaseName(name);
        database.setUser("postgres");
        return database;
    }

    public int port() {
        return server.getPort();
    }

    String setting(String name) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** As a machine that crashes: sessions are cut, nothing is finished. What was committed is still there at the next start. */
    public void stopImmediately() {
        control("stop", "-m", "immediate");
    }

    /** Starts a stopped server with the same data at the same port, and waits until it accepts connections. */
    public void startAgain() {
        control("restart"); // which knows the options of the last start
    }

    /** Lets a user in by his password alone, from now on. */
    public void askForPasswordOf(String user) throws IOException, SQLException {
        Path rules = data.resolve("pg_hba.conf");
        Files.writeString(rules, "host all " + user + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** Stops the server, and starts it with the same data as a standby, which only reads. */
    public void restartAsStandby() throws IOException {
        control("stop", "-m", "fast");
        Files.createFile(data.resolve("standby.signal"));
        control("restart");
    }

    private void control(String... arguments) {
        try {
            String last = Files.readString(data.resolve("postmaster.opts")); // the server's path and its options
            Path program = Path.of(last.substring(0, last.indexOf(' '))).resolveSibling("pg_ctl");
            List<String> command = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("unshare", "-U")); // it refuses to be started by root
            }
            command.addAll(List.of(program.toString(), "-w", "-D", data.toString()));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("pg_ctl.log").toFile()) // the server keeps it open: a pipe had no end
                    .start();
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + Files.readString(data.resolve("pg_ctl.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
