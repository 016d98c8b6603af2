package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.store.Limits.Ask;
import dev.workpool.durable.internal.store.Limits.RatePart;
import dev.workpool.settings.RateLimit;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    private static final RateLimit RATE = new RateLimit(0.001, 5);

    private final Names names = new Names(Dialect.SQLITE, Optional.empty(), "workpool_");
    private final Limits limits = new Limits(names);

    @TempDir
    private Path directory;

    private Database database;
    private long queue;

    @BeforeEach
    void open() throws SQLException {
        database = new Database(names, new SqliteConnections(directory.resolve("jobs.db"), 1_000));
        database.prepare(60_000);
        queue = database.transactions().call(connection -> new Queues(names).open(connection, "queue", 0));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void setRate(RateLimit rate) throws SQLException {
        database.transactions().call(connection -> {
            limits.setRate(connection, queue, Optional.of(rate));
            return null;
        });
    }

    private RatePart lease(String owner) throws SQLException {
        Ask ask = new Ask(queue, owner, 0, 4, Optional.empty(), 0, 5, 0, 60_000);
        return database.transactions()
                .call(connection -> limits.lease(connection, ask).rate().orElseThrow());
    }

    /** As each process of a service does when it starts. */
    @Test
    void theSameRateOnceMoreGivesNothingToOthers() throws SQLException {
        setRate(RATE);
        assertThat(lease("one").tokens()).isEqualTo(5);

        setRate(RATE);

        RatePart other = lease("other");
        assertThat(other.units().allowed()).isZero();
        assertThat(other.tokens()).isZero();
    }

    @Test
    void anotherRateIsSharedAnew() throws SQLException {
        setRate(RATE);
        lease("one");

        setRate(RATE.withBurst(7));

        RatePart other = lease("other");
        assertThat(other.limit().burst()).isEqualTo(7);
        assertThat(other.units().allowed()).isPositive();
    }
}
