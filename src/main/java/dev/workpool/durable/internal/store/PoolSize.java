package dev.workpool.durable.internal.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** How many connections a data source gives at a time, as far as it says so. */
final class PoolSize {
    private PoolSize() {}

    /** Empty if it does not say. HikariCP need not be on the class path. */
    static OptionalInt of(DataSource source) {
        try {
            return Hikari.sizeOf(source);
        } catch (NoClassDefFoundError e) {
            return OptionalInt.empty();
        }
    }

    /** Loaded only when it is asked. */
    private static final class Hikari {
        static OptionalInt sizeOf(DataSource source) {
            try {
                return source instanceof HikariDataSource || source.isWrapperFor(HikariDataSource.class)
                        ? OptionalInt.of(source.unwrap(HikariDataSource.class).getMaximumPoolSize())
                        : OptionalInt.empty();
            } catch (SQLException
                    | RuntimeException e) { // of a data source that wraps nothing, and says so by throwing
                return OptionalInt.empty();
            }
        }
    }
}
