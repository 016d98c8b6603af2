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

    /** A lock that could not be had in time; a server that became a standby. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25006");

    /** A conflict of transactions, of which this one was undone: serialization, deadlock. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

    /** Of SQLite: busy, locked, an error of reading or writing, full, cannot be opened. */
    private static final Set<Integer> PASSING_CODES = Set.of(5, 6, 10, 13, 14);

    private Failures() {}

    /** Whether the same transaction may succeed at once. */
    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && CONFLICTS.contains(e.getSQLState());
    }

    /** Whether a table is not there. */
    static boolean isWithoutTables(SQLException e) {
        return "42P01".equals(e.getSQLState()) || String.valueOf(e.getMessage()).contains("no such table");
    }

    /** Whether the database is away, or cannot do its work: what passes and is no conflict. */
    static boolean isOutage(SQLException e) {
        return isPassing(e) && !isConflict(e) && !"55P03".equals(e.getSQLState());
    }

    /** Whether the same transaction may succeed later, without anybody's doing to this program. */
    static boolean isPassing(SQLException e) {
        if (isConflict(e)
                || e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || e instanceof SQLNonTransientConnectionException) {
            return true;
        }
        String state = e.getSQLState();
        if (e.getClass().getName().startsWith("org.sqlite")) {
            return PASSING_CODES.contains(e.getErrorCode() & 0xFF);
        }
        return state != null
                && (PASSING_STATES.contains(state)
                        || (state.length() >= 2 && PASSING_CLASSES.contains(state.substring(0, 2))));
    }
}
