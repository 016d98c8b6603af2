package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of errors that are no {@link SQLException}. */
class TransactionsTest {
    private final Transactions transactions = new Transactions(new NoConnections(), "none");

    @AfterEach
    void close() {
        transactions.close();
    }

    /** As it throws where a connection is closed while a batch is on its way. */
    private static AssertionError thrownBy(String type) {
        AssertionError error = new AssertionError("getAutoCommit() should not throw");
        error.setStackTrace(new StackTraceElement[] {new StackTraceElement(type, "isAutoCommit", null, -1)});
        return error;
    }

    @Test
    void whatTheDriverAssertsOfALostConnectionIsALostConnection() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        String value = transactions
                .patiently(Duration.ofMinutes(1), connection -> {
                    if (tries.incrementAndGet() == 1) {
                        throw thrownBy("org.postgresql.jdbc.BatchResultHandler");
                    }
                    return "written";
                })
                .get();
        assertThat(value).isEqualTo("written");
        assertThat(tries).hasValue(2);
        assertThat(transactions.availability().outages()).isEqualTo(1);
    }

    @Test
    void whatOthersAssertIsThrown() {
        AssertionError error = thrownBy("com.example.Codec");
        assertThatThrownBy(() -> transactions.call(connection -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    /** Connections that nothing is asked of. */
    private static final class NoConnections implements Connections {
        @Override
        public Connection begin() {
            return null;
        }

        @Override
        public void commit(Connection connection) {}

        @Override
        public void rollBack(Connection connection) {}

        @Override
        public long writes(Connection connection) {
            return 0;
        }

        @Override
        public void giveBack(Connection connection) {}

        @Override
        public Connection forUsers() throws SQLException {
            throw new SQLException("none");
        }

        @Override
        public String description() {
            return "none";
        }

        @Override
        public void close() {}
    }
}
