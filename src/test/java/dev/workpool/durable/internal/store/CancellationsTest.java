package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Cancellations.Progress;
import dev.workpool.durable.internal.store.Claiming.Ask;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.settings.KeptOutcomes;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CancellationsTest {
    private static final long FIRST = 7;
    private static final long SECOND = 8;

    private final Names names = new Names(Dialect.SQLITE, Optional.empty(), "workpool_");
    private final Cancellations cancellations = new Cancellations(names);
    private final Batches batches = new Batches(names);

    @TempDir
    private Path directory;

    private Database database;
    private long batch;

    /** Two segments of two jobs, each claimed by itself, and one that waits. */
    @BeforeEach
    void claim() throws SQLException {
        database = new Database(names, new SqliteConnections(directory.resolve("jobs.db"), 1_000));
        database.prepare(60_000);
        batch = database.transactions().call(connection -> {
            Queues queues = new Queues(names);
            long queue = queues.open(connection, "queue", 0);
            long codec = queues.codec(connection, queue, "codec", 1);
            JobBlock.Writer block = new JobBlock.Writer();
            block.add(new byte[1]);
            block.add(new byte[1]);
            byte[] bytes = block.toBytes(1_000);
            List<NewSegment> segments = List.of(
                    new NewSegment(JobSet.range(0, 2), -1, bytes),
                    new NewSegment(JobSet.range(2, 2), -1, bytes),
                    new NewSegment(JobSet.range(4, 2), -1, bytes));
            NewBatch jobs = new NewBatch(queue, Optional.empty(), 1, codec, 6, KeptOutcomes.NONE, 0, null, 0);
            long id = new Enqueueing(names)
                    .write(connection, jobs, segments.iterator(), Taker.NONE)
                    .id();
            for (long token : List.of(FIRST, SECOND)) {
                new Claiming(names)
                        .claim(
                                connection,
                                new Ask(
                                        queue,
                                        false,
                                        "owner",
                                        token,
                                        60_000,
                                        2,
                                        2,
                                        1,
                                        List.of(codec),
                                        Set.of(),
                                        true,
                                        false));
            }
            return id;
        });
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Progress look() throws SQLException {
        return database.transactions().call(connection -> cancellations.look(connection, batch));
    }

    private long segments() throws SQLException {
        return database.transactions().call(connection -> {
            try (Statement statement = connection.createStatement();
                    var row = statement.executeQuery(names.sql("SELECT count(*) FROM {segment}"))) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private void execute(String sql) throws SQLException {
        database.transactions().call(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(names.sql(sql));
            }
        });
    }

    private void cancel() throws SQLException {
        database.transactions().call(connection -> {
            batches.cancel(connection, batch);
            return null;
        });
    }

    private void confirm(long token) throws SQLException {
        database.transactions().call(connection -> {
            cancellations.confirm(connection, batch, List.of(token));
            return null;
        });
    }

    @Test
    void aBatchThatIsNotCancelledLosesNothingByALook() throws SQLException {
        assertThat(look()).isEqualTo(Progress.NOT_CANCELLED);
        assertThat(segments()).isEqualTo(3);
    }

    @Test
    void eachThatHoldsSomethingHasToConfirm() throws SQLException {
        cancel();
        assertThat(look()).isEqualTo(Progress.SPREADING);
        assertThat(segments()).as("what nobody held is settled").isEqualTo(2);
        confirm(FIRST);
        assertThat(look()).isEqualTo(Progress.SPREADING);
        confirm(SECOND);
        assertThat(look()).isEqualTo(Progress.CONFIRMED);
        assertThat(segments()).as("what is held is its holder's to settle").isEqualTo(2);
    }

    @Test
    void whoeverDoesNotAnswerLosesItsLease() throws SQLException {
        cancel();
        confirm(FIRST);
        execute("UPDATE {segment} SET lease_until = 1 WHERE lease_token = " + SECOND);
        assertThat(look()).isEqualTo(Progress.CONFIRMED);
        assertThat(segments()).isEqualTo(1);
    }

    /** It may be locked by somebody who claims it; and what a holder gives back is settled before it counts. */
    @Test
    void whatNobodyHoldsIsNotConfirmed() throws SQLException {
        cancel();
        confirm(FIRST);
        confirm(SECOND);
        execute("UPDATE {segment} SET lease_token = NULL, lease_until = {now} + 60000 WHERE lease_token = " + SECOND);
        assertThat(look()).isEqualTo(Progress.SPREADING);
    }

    @Test
    void aBatchThatHasEndedIsOver() throws SQLException {
        execute("DELETE FROM {segment}");
        database.transactions().call(connection -> batches.finish(connection, List.of(batch)));
        assertThat(look()).isEqualTo(Progress.ENDED);
    }
}
