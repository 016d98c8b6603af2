package dev.workpool.cli.queue;

import dev.workpool.support.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** Stores for commands, by what a user would call them. */
final class TestStores {
    private TestStores() {}

    static String sqlite(Path folder) {
        return folder.resolve("jobs.db").toString();
    }

    /** A new database. */
    static String postgres() {
        try {
            PGSimpleDataSource database = TestPostgres.shared().createDatabase();
            return "jdbc:postgresql://127.0.0.1:" + database.getPortNumbers()[0] + "/" + database.getDatabaseName()
                    + "?user=" + database.getUser();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
