package dev.workpool.cli.queue.store;

import dev.workpool.cli.text.UsageException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Finds out at once whether a database lets a user in. The store itself is patient, and would try again for long. */
final class Login {
    private static final String PATIENCE_SECONDS = "10";
    private static final String DRIVER = "org.postgresql.Driver";
    private static final String PASSWORD_PLACES =
            "the password in WORKPOOL_STORE_PASSWORD, PGPASSWORD, ~/.pgpass or --password-file FILE";

    private final StoreAddress address;
    private final String user;
    private final String password;

    /**
     * A login.
     *
     * @param password null for what the driver finds, in ~/.pgpass
     */
    Login(StoreAddress address, String user, String password) {
        this.address = address;
        this.user = user;
        this.password = password;
    }

    /** Opens a connection and closes it. */
    void check() throws UsageException, StoreFailure {
        try {
            Class.forName(DRIVER);
        } catch (ClassNotFoundException e) {
            throw new StoreFailure("--store " + address + ": this workpool has no driver of PostgreSQL", e);
        }
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("loginTimeout", PATIENCE_SECONDS);
        properties.setProperty("connectTimeout", PATIENCE_SECONDS);
        properties.setProperty("ApplicationName", "workpool");
        try (Connection connection = DriverManager.getConnection(address.text(), properties)) {
            connection.getMetaData();
        } catch (SQLException e) {
            String why = String.valueOf(e.getMessage())
                    .replaceFirst("^FATAL: ", "")
                    .lines()
                    .findFirst()
                    .orElse("");
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("28") || why.contains("no password was provided")) {
                throw new UsageException("--store " + address + ": " + why + " (user " + user
                        + "); allowed: ?user=NAME in the URL or PGUSER, and " + PASSWORD_PLACES);
            } else if (state.startsWith("3D")) {
                throw new UsageException("--store " + address + ": " + why + "; allowed: a database that is there");
            }
            throw new StoreFailure("--store " + address + ": " + why, e);
        }
    }
}
