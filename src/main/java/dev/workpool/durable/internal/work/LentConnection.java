package dev.workpool.durable.internal.work;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * A connection as a transactional handler sees it: it cannot end the transaction, which the library does. Else a handler
 * that closes it, as by a try, would take the acknowledgement with it, and its job would run for ever.
 */
final class LentConnection {
    private static final Set<String> REFUSED = Set.of("commit", "rollback", "close", "abort", "setAutoCommit");

    private LentConnection() {}

    /** A rollback to a savepoint stays allowed, since it ends nothing. */
    static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                LentConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    boolean isToSavepoint = method.getName().equals("rollback") && arguments != null;
                    if (REFUSED.contains(method.getName()) && !isToSavepoint) {
                        throw new SQLException("a transactional handler has called " + method.getName()
                                + " of its connection; the library commits, rolls back and closes it");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
