package dev.workpool.durable.internal.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connection that keeps statements prepared when they are closed, for whoever prepares the same text again: SQLite's driver compiles
 * a text each time, which takes longer than to run it. One that has failed is closed for good. Not thread-safe, like the connection:
 * whoever has that may use it.
 */
final class KeptStatements {
    /** Far more than there are texts. */
    private static final int MOST = 200;

    private final Connection connection;

    /** By their texts, those that were used longest ago first. None of them is in use. */
    private final Map<String, Deque<PreparedStatement>> kept = new LinkedHashMap<>(16, 0.75f, true);

    private KeptStatements(Connection connection) {
        this.connection = connection;
    }

    /** The same connection, which keeps what {@link Connection#prepareStatement(String)} returns. */
    static Connection of(Connection connection) {
        KeptStatements statements = new KeptStatements(connection);
        return (Connection) Proxy.newProxyInstance(
                KeptStatements.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("prepareStatement") && arguments.length == 1
                        ? statements.prepare((String) arguments[0])
                        : invoke(method, connection, arguments));
    }

    private static Object invoke(Method method, Object on, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private PreparedStatement prepare(String text) throws SQLException {
        Deque<PreparedStatement> same = kept.get(text);
        PreparedStatement statement = same == null || same.isEmpty() ? connection.prepareStatement(text) : same.pop();
        Lent lent = new Lent(text, statement);
        return (PreparedStatement) Proxy.newProxyInstance(
                KeptStatements.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> lent.call(method, arguments));
    }

    private void keep(String text, PreparedStatement statement) throws SQLException {
        kept.computeIfAbsent(text, key -> new ArrayDeque<>()).push(statement);
        if (kept.size() > MOST) {
            for (PreparedStatement each : kept.remove(kept.keySet().iterator().next())) {
                each.close();
            }
        }
    }

    /** A statement in use. */
    private final class Lent {
        private final String text;
        private final PreparedStatement statement;
        private ResultSet rows;

        /** Whether there are rows for which nobody has asked. */
        private boolean hasRows;

        private boolean hasFailed;
        private boolean isClosed;

        Lent(String text, PreparedStatement statement) {
            this.text = text;
            this.statement = statement;
        }

        Object call(Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("close")) {
                close();
                return null;
            } else if (method.getName().equals("isClosed")) {
                return isClosed;
            } else if (isClosed) {
                throw new SQLException("the statement is closed: " + text);
            }
            try {
                Object result = invoke(method, statement, arguments);
                hasRows = method.getName().equals("execute") ? Boolean.TRUE.equals(result) : hasRows;
                if (result instanceof ResultSet given) {
                    rows = given;
                    hasRows = false;
                }
                return result;
            } catch (Throwable e) {
                hasFailed = true;
                throw e;
            }
        }

        private void close() throws SQLException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (hasFailed) {
                statement.close();
                return;
            }
            if (hasRows) {
                rows = statement.getResultSet();
            }
            if (rows != null) {
                rows.close(); // or SQLite would go on to read the database as it was
            }
            statement.clearBatch();
            statement.clearParameters(); // and what may be large
            keep(text, statement);
        }
    }
}
