package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

@NeedsPostgres
@Timeout(120)
class NotificationsTest {
    private static final int TIMES = 300;
    private static final long STEP_NS = 2_000;
    private static final int LOOK_MS = 5_000;

    private final Names names = new Names(Dialect.POSTGRES, Optional.empty(), "workpool_");

    /** The end comes at each moment of the way that words take to the database. */
    @Test
    void whatIsToldJustBeforeTheEndArrives() throws SQLException {
        DataSource source = TestPostgres.shared().createDatabase();
        Set<String> told = IntStream.range(0, TIMES).mapToObj(String::valueOf).collect(Collectors.toSet());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + names.channel());
            for (int i = 0; i < TIMES; i++) {
                try (Database database = new Database(names, new PooledConnections(source, 10_000))) {
                    database.prepare(60_000);
                    database.tell(String.valueOf(i));
                    long untilNs = System.nanoTime() + i * STEP_NS;
                    while (System.nanoTime() - untilNs < 0) {
                        Thread.onSpinWait();
                    }
                }
            }
            assertThat(heard(connection, told)).isEqualTo(told);
        }
    }

    /** Waits for what is missing as long as anything comes. */
    private static Set<String> heard(Connection connection, Set<String> told) throws SQLException {
        Set<String> heard = new HashSet<>();
        boolean isAnyNew;
        do {
            PGNotification[] notifications =
                    connection.unwrap(PGConnection.class).getNotifications(LOOK_MS);
            isAnyNew = notifications != null && notifications.length > 0;
            for (PGNotification each : isAnyNew ? notifications : new PGNotification[0]) {
                heard.add(each.getParameter());
            }
        } while (!heard.equals(told) && isAnyNew);
        return heard;
    }
}
