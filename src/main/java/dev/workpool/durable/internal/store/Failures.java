package dev.workpool.durable.internal.store;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Tells failures of a database that pass by themselves from those that somebody has to mend. */
final class Failures {
    /** By the first two characters of their state: connection, resources, an operator's doing, the system's. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58");

    /** Of a server that takes no writes, such as one that became a standby. */
    static final String READ_ONLY = "25006";

    /** A lock that could not be had in time; a server that became a standby, or waited too long for more of a transaction. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", READ_ONLY, "25P03");

    /** Who is not let in, and a database that is not there, by the first two characters: somebody has to mend that. */
    private static final Set<String> REFUSED_CLASSES = Set.of("28", "3D");

    private static final String DISK_FULL = "53100";

    /** A server whose disk is full, or that takes no writes: it still answers whoever reads. */
    private static final Set<String> UNWRITABLE_STATES = Set.of(DISK_FULL, READ_ONLY);

    /** A conflict of transactions, of which this one was undone: serialization, deadlock. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

    /** Of SQLite: busy, locked, an error of reading or writing, full, cannot be opened. */
    private static final Set<Integer> PASSING_CODES = Set.of(5, 6, 10, 13, 14);

    private static final int SQLITE_FULL = 13;

    /** Of SQLite: an error of reading or writing, full. */
    private static final Set<Integer> UNWRITABLE_CODES = Set.of(10, SQLITE_FULL);

    /** What SQLite says where the file beside the store's that it maps into memory cannot grow; its code is that of any error of reading. */
    private static final String NO_SPACE_TO_MAP = "SQLITE_IOERR_SHMSIZE";

    static final String CONNECTION_LOST = "08006";

    private Failures() {}

    /**
     * Whether PostgreSQL's driver has thrown it, which asserts that a connection stays open while a batch is sent: it does
     * not if the network is cut then.
     */
    static boolean isOfDriver(AssertionError e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length > 0 && stack[0].getClassName().startsWith("org.postgresql.");
    }

    /** Whether the same transaction may succeed at once. */
    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && CONFLICTS.contains(e.getSQLState());
    }

    /** Whether a table is not there. */
    static boolean isWithoutTables(SQLException e) {
        return "42P01".equals(e.getSQLState()) || String.valueOf(e.getMessage()).contains("no such table");
    }

    /** Whether the database is away, or cannot do its work, or lets nobody in: what is no conflict. */
    static boolean isOutage(SQLException e) {
        return isRefused(e) || (isPassing(e) && !isConflict(e) && !"55P03".equals(e.getSQLState()));
    }

    /** Whether the server does not let this user in, or has no such database. */
    static boolean isRefused(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.length() >= 2 && REFUSED_CLASSES.contains(state.substring(0, 2));
    }

    /** Whether the user may not do it. */
    static boolean isForbidden(SQLException e) {
        return "42501".equals(e.getSQLState());
    }

    /** Whether nothing can be written, although what is read may be answered. */
    static boolean isUnwritable(SQLException e) {
        return isOfSqlite(e)
                ? UNWRITABLE_CODES.contains(e.getErrorCode() & 0xFF)
                : e.getSQLState() != null && UNWRITABLE_STATES.contains(e.getSQLState());
    }

    /** Whether the disk is full: that passes when somebody makes room, and not by waiting for some seconds. */
    static boolean isDiskFull(SQLException e) {
        return isOfSqlite(e)
                ? (e.getErrorCode() & 0xFF) == SQLITE_FULL
                        || String.valueOf(e.getMessage()).contains(NO_SPACE_TO_MAP)
                : DISK_FULL.equals(e.getSQLState());
    }

    private static boolean isOfSqlite(SQLException e) {
        return e.getClass().getName().startsWith("org.sqlite");
    }

    /** Whether the same transaction may succeed later, without anybody's doing to this program. */
    static boolean isPassing(SQLException e) {
        if (isRefused(e)) {
            return false; // also where a pool of connections calls it transient
        } else if (isConflict(e)
                || e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || e instanceof SQLNonTransientConnectionException) {
            return true;
        }
        String state = e.getSQLState();
        if (isOfSqlite(e)) {
            return PASSING_CODES.contains(e.getErrorCode() & 0xFF);
        }
        return state != null
                && (PASSING_STATES.contains(state)
                        || (state.length() >= 2 && PASSING_CLASSES.contains(state.substring(0, 2))));
    }
}
