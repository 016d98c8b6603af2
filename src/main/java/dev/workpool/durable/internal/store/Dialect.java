package dev.workpool.durable.internal.store;

/** What the two databases say differently. */
public enum Dialect {
    SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB", "", ""),
    POSTGRES(
            "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
            "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "bytea",
            " FOR UPDATE",
            " FOR UPDATE OF s SKIP LOCKED");

    private final String nowMs;
    private final String identity;
    private final String bytes;
    private final String forUpdate;
    private final String skipLocked;

    Dialect(String nowMs, String identity, String bytes, String forUpdate, String skipLocked) {
        this.nowMs = nowMs;
        this.identity = identity;
        this.bytes = bytes;
        this.forUpdate = forUpdate;
        this.skipLocked = skipLocked;
    }

    /** The database's own clock, in milliseconds since 1970: the only clock that all processes share. */
    String nowMs() {
        return nowMs;
    }

    String identity() {
        return identity;
    }

    String bytes() {
        return bytes;
    }

    /** At the end of a query whose rows no other transaction may change meanwhile. SQLite has one writer at a time. */
    String forUpdate() {
        return forUpdate;
    }

    /** As above, for rows of a table named s, but without those that another transaction has locked. */
    String skipLocked() {
        return skipLocked;
    }

    boolean isPostgres() {
        return this == POSTGRES;
    }
}
