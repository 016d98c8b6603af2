package dev.workpool.support;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Connections that are given another session of the server for each transaction, as by PgBouncer in transaction mode. The
 * session that was used last is the next one. Sessions are never reset. Thread-safe; a connection is for one thread.
 */
public final class SwitchingDataSource implements AutoCloseable {
    private final DataSource server;
    private final Deque<Connection> idle = new ArrayDeque<>();

    public SwitchingDataSource(DataSource server) {
        this.server = server;
    }

    /** To be used like any other. */
    public DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                SwitchingDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return Proxy.newProxyInstance(
                                SwitchingDataSource.class.getClassLoader(),
                                new Class<?>[] {Connection.class},
                                new Client());
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    private synchronized Connection take() throws SQLException {
        return idle.isEmpty() ? server.getConnection() : idle.pop();
    }

    private synchronized void giveBack(Connection session) {
        idle.push(session);
    }

    @Override
    public synchronized void close() throws SQLException {
        for (Connection each : idle) {
            each.close();
        }
    }

    /** One connection, which has a session while it is in a transaction. */
    private final class Client implements InvocationHandler {
        private static final Set<String> STATEMENTS = Set.of("createStatement", "prepareStatement", "unwrap");

        private Connection session;
        private boolean autoCommit = true;
        private boolean isClosed;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "setAutoCommit" -> {
                    autoCommit = (boolean) arguments[0];
                    return null;
                }
                case "getAutoCommit" -> {
                    return autoCommit;
                }
                case "isClosed" -> {
                    return isClosed;
                }
                case "setNetworkTimeout" -> {
                    return null;
                }
                case "close" -> {
                    isClosed = true;
                    end(false);
                    return null;
                }
                case "commit", "rollback" -> {
                    end(method.getName().equals("commit"));
                    return null;
                }
                default -> {
                    if (!STATEMENTS.contains(method.getName())) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                }
            }
            if (session == null || autoCommit) { // alone, each statement is a transaction
                end(false);
                session = take();
                session.setAutoCommit(autoCommit);
            }
            if (method.getName().equals("unwrap")) {
                return driver(session.unwrap(PGConnection.class));
            }
            try {
                Object result = method.invoke(session, arguments);
                return result instanceof Statement && method.getReturnType() == Statement.class
                        ? owned(proxy, result)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        /** Clients are told of processes that there are not, so that they can be told apart. */
        private Object driver(PGConnection ofSession) {
            return Proxy.newProxyInstance(
                    SwitchingDataSource.class.getClassLoader(),
                    new Class<?>[] {PGConnection.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("getBackendPID") ? -1 : method.invoke(ofSession, arguments));
        }

        private Object owned(Object connection, Object statement) {
            return Proxy.newProxyInstance(
                    SwitchingDataSource.class.getClassLoader(),
                    new Class<?>[] {Statement.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("getConnection")) {
                            return connection;
                        }
                        try {
                            return method.invoke(statement, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        private void end(boolean commits) throws SQLException {
            if (session == null) {
                return;
            }
            Connection ended = session;
            session = null;
            if (!ended.getAutoCommit()) {
                if (commits) {
                    ended.commit();
                } else {
                    ended.rollback();
                }
            }
            giveBack(ended);
        }
    }
}
