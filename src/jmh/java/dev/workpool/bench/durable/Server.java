package dev.workpool.bench.durable;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A PostgreSQL that syncs what it commits, whose log and processor time are measured. */
final class Server implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern SPACE = Pattern.compile(" ");

    private final EmbeddedPostgres postgres;
    private final long pid;

    Server() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "300")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("shared_buffers", "512MB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
        String directory = text("SHOW data_directory");
        pid = Long.parseLong(
                Files.readAllLines(Path.of(directory, "postmaster.pid")).get(0).trim());
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    Connection connect() throws SQLException {
        return postgres.getPostgresDatabase().getConnection();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String text(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Bytes that were ever written to the log. */
    long logged() throws SQLException {
        return Long.parseLong(text("SELECT (pg_current_wal_lsn() - '0/0')::bigint"));
    }

    /** Seconds of processor time of the server with all of its processes, also those that have ended. */
    double processorSeconds() throws IOException {
        double ticks = 0;
        try (Stream<ProcessHandle> children =
                ProcessHandle.of(pid).orElseThrow().descendants()) {
            for (ProcessHandle child : children.toList()) {
                ticks += ticks(child.pid(), false);
            }
        }
        return (ticks + ticks(pid, true)) / TICKS_PER_SECOND;
    }

    private static double ticks(long process, boolean withChildren) throws IOException {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        } catch (IOException ended) { // before its file was opened, or read
            return 0; // it is among the children that have ended
        }
        List<String> fields = List.of(SPACE.split(stat.substring(stat.lastIndexOf(')') + 2), -1));
        return fields.subList(11, withChildren ? 15 : 13).stream()
                .mapToDouble(Double::parseDouble)
                .sum();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
