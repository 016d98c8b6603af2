package dev.workpool.durable.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.sqlite.SQLiteConfig;

/**
 * Gives pages of a file of SQLite back to the file system that nothing is in any more. That needs a file which was made
 * for it: one of an earlier version reuses its free pages, and shrinks by {@code VACUUM} alone.
 */
final class SqliteSpace {
    /** Pages that are moved in one transaction: a few milliseconds of the one writer. */
    private static final int PAGES_AT_ONCE = 256;

    /** How long all of it may take. */
    private static final long BUDGET_NS = 200_000_000L;

    /** Free pages are left for what is written next: so many, or one in so many of the file. */
    private static final long LEFT = 1_024;

    private static final long LEFT_OF = 4;

    private SqliteSpace() {}

    /** Has a new file keep what is needed to shrink. For whoever opens it first, before anything is in it. */
    static void prepare(Path file) throws SQLException {
        try {
            if (Files.exists(file) && Files.size(file) > 0) {
                return;
            }
        } catch (IOException e) {
            throw new SQLException("the job store " + file + " cannot be read", e);
        }
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000"); // somebody else may be doing the same
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("VACUUM"); // writes the file's first page, which holds that
        }
    }

    /** Gives back some pages, if many are free. */
    static CompletableFuture<Void> tidy(Transactions transactions) {
        return tidy(transactions, System.nanoTime() + BUDGET_NS);
    }

    private static CompletableFuture<Void> tidy(Transactions transactions, long untilNs) {
        return transactions
                .work(SqliteSpace::giveBack)
                .thenCompose(more -> more && System.nanoTime() - untilNs < 0
                        ? tidy(transactions, untilNs)
                        : CompletableFuture.completedFuture(null));
    }

    /** Returns whether there are more. */
    private static boolean giveBack(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long free = number(statement, "PRAGMA freelist_count");
            long all = number(statement, "PRAGMA page_count");
            long tooMany = free - Math.max(LEFT, all / LEFT_OF);
            if (tooMany <= 0 || number(statement, "PRAGMA auto_vacuum") == 0) {
                return false;
            }
            // Each step gives back a page: execute() would make one, and there are no rows for executeQuery().
            statement.executeUpdate("PRAGMA incremental_vacuum(" + Math.min(PAGES_AT_ONCE, tooMany) + ")");
            return tooMany > PAGES_AT_ONCE;
        }
    }

    private static long number(Statement statement, String pragma) throws SQLException {
        try (ResultSet row = statement.executeQuery(pragma)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
