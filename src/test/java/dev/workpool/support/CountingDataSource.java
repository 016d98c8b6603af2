package dev.workpool.support;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Counts the transactions of a data source's connections: those that were committed, and statements that commit themselves. */
public final class CountingDataSource {
    private final AtomicLong transactions = new AtomicLong();
    private final DataSource counted;

    public CountingDataSource(DataSource dataSource) {
        counted = proxy(DataSource.class, dataSource, (self, method, arguments) -> {
            Object result = call(dataSource, method, arguments);
            return result instanceof Connection connection ? connection(connection) : result;
        });
    }

    public DataSource counted() {
        return counted;
    }

    public long transactions() {
        return transactions.get();
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, connection, (self, method, arguments) -> {
            if (method.getName().equals("commit")) {
                transactions.incrementAndGet();
            }
            Object result = call(connection, method, arguments);
            return result instanceof Statement statement ? statement(connection, statement, method) : result;
        });
    }

    private Object statement(Connection connection, Statement statement, Method maker) {
        return proxy(maker.getReturnType(), statement, (self, method, arguments) -> {
            if (method.getName().startsWith("execute") && connection.getAutoCommit()) {
                transactions.incrementAndGet();
            }
            return call(statement, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException failure ? failure : e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, Object target, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(target.getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }
}
