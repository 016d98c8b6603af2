package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a user of PostgreSQL needs who works with tables that somebody else has made. */
final class Grants {
    /** What nobody writes to who makes no tables. */
    private static final List<String> READ_ONLY = List.of("version", "part");

    private static final List<String> READ = List.of("SELECT");
    private static final List<String> WRITE = List.of("SELECT", "INSERT", "UPDATE", "DELETE");

    private final Names names;

    Grants(Names names) {
        this.names = names;
    }

    private record Grant(String table, List<String> privileges) {}

    private List<Grant> all() {
        List<Grant> all = new ArrayList<>();
        READ_ONLY.forEach(each -> all.add(new Grant(names.table(each), READ)));
        new Schema(names)
                .tables().stream()
                        .filter(each -> !READ_ONLY.contains(each))
                        .forEach(each -> all.add(new Grant(names.table(each), WRITE)));
        return all;
    }

    /** Whoever writes a batch and its key in one statement takes the number itself. */
    private String batchNumbers() {
        return names.table("batch") + "_id_seq";
    }

    /** As statements, without their semicolons. */
    List<String> statements(String user) {
        List<String> statements = new ArrayList<>();
        statements.add("GRANT USAGE ON SCHEMA " + names.schema().orElse("public") + " TO " + user);
        all().forEach(each -> statements.add(
                "GRANT " + String.join(", ", each.privileges()) + " ON " + each.table() + " TO " + user));
        statements.add("GRANT USAGE ON SEQUENCE " + batchNumbers() + " TO " + user);
        return statements;
    }

    /**
     * Checks that the user of a connection has them.
     *
     * @throws IllegalStateException if one is missing
     */
    void check(Connection connection) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT current_user, has_table_privilege(current_user, ?, ?)")) {
            for (Grant each : all()) {
                for (String privilege : each.privileges()) {
                    query.setString(1, each.table());
                    query.setString(2, privilege);
                    try (ResultSet row = query.executeQuery()) {
                        row.next();
                        if (!row.getBoolean(2)) {
                            throw missing(row.getString(1), privilege, "table", each.table());
                        }
                    }
                }
            }
        }
        try (PreparedStatement query =
                connection.prepareStatement("SELECT current_user, has_sequence_privilege(current_user, ?, 'USAGE')")) {
            query.setString(1, batchNumbers());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                if (!row.getBoolean(2)) {
                    throw missing(row.getString(1), "USAGE", "sequence", batchNumbers());
                }
            }
        }
    }

    private static IllegalStateException missing(String user, String privilege, String kind, String name) {
        return new IllegalStateException("user " + user + " has no " + privilege + " on the " + kind + " " + name
                + "; the SQL that JobStore.schemaSql() returns ends with what to grant");
    }
}
