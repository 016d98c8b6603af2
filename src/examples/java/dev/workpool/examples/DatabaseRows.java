package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Runs a job for each row of a table, however many there are, and writes the results back in batches.
 *
 * <p>Rows are read as there is room for them in the window, on one connection, by the thread of {@link WorkerPool#process} that takes jobs. It
 * closes them in the end, however that comes. The consumer writes on another connection; it is called once at a time and needs no lock. While
 * it waits for the database, the window fills up, and reading waits as well. If the consumer throws, the run ends with that; what was committed
 * before stays.
 */
public final class DatabaseRows {
    static final int WINDOW = 1000;
    static final int ROWS_PER_BATCH = 100;

    private DatabaseRows() {}

    record Row(long id, String text) {}

    /** Counts the words of each document in the database at the JDBC URL that is named on the command line. */
    public static void main(String[] args) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (Connection in = DriverManager.getConnection(args[0]);
                Connection out = DriverManager.getConnection(args[0])) {
            System.out.println(run(system, in, out, row -> row.text().strip().split("\\s+").length));
        } finally {
            system.terminate();
        }
    }

    /**
     * Reads {@code documents(id, text)} and writes {@code results(id, words, problem)}.
     *
     * @throws ExecutionException if reading or writing has failed; its cause says why
     */
    static BatchProgress run(
            ActorSystem<?> system, Connection in, Connection out, JobHandler.Simple<Row, Integer> handler)
            throws SQLException, InterruptedException, ExecutionException {
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "rows").withWorkers(4);
        try (Results results = new Results(out);
                WorkerPool<Row, Integer> pool = WorkerPool.start(system, settings, handler)) {
            in.setAutoCommit(false); // PostgreSQL's driver, for one, would read all rows at once
            StreamOptions<Row> inOrder = StreamOptions.<Row>ordered().withWindow(WINDOW);
            BatchProgress counts = pool.process(rows(in), inOrder, results)
                    .result()
                    .toCompletableFuture()
                    .get();
            results.write(); // those of the last batch, which is not full
            return counts;
        }
    }

    /** A row is read when it is asked for, and no row twice. */
    private static Stream<Row> rows(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setFetchSize(ROWS_PER_BATCH);
        ResultSet rows = statement.executeQuery("SELECT id, text FROM documents");
        Spliterator<Row> oneByOne = new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED) {
            @Override
            public boolean tryAdvance(Consumer<? super Row> action) {
                try {
                    if (!rows.next()) {
                        return false;
                    }
                    action.accept(new Row(rows.getLong(1), rows.getString(2)));
                    return true;
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        return StreamSupport.stream(oneByOne, false).onClose(() -> close(statement));
    }

    private static void close(Statement statement) {
        try {
            statement.close(); // and its rows
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes outcomes, so many in a transaction. */
    private static final class Results implements OutcomeConsumer<Row, Integer>, AutoCloseable {
        private final Connection connection;
        private final PreparedStatement insert;
        private int waiting;

        Results(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
            this.insert = connection.prepareStatement("INSERT INTO results (id, words, problem) VALUES (?, ?, ?)");
        }

        @Override
        public void accept(Row row, Outcome<Integer> outcome) throws SQLException {
            insert.setLong(1, row.id());
            if (outcome instanceof Outcome.Succeeded<Integer> words) {
                insert.setInt(2, words.value());
                insert.setNull(3, Types.VARCHAR);
            } else {
                insert.setNull(2, Types.INTEGER);
                insert.setString(3, outcome.problem().orElseThrow().getMessage());
            }
            insert.addBatch();
            if (++waiting == ROWS_PER_BATCH) {
                write();
            }
        }

        void write() throws SQLException {
            insert.executeBatch();
            connection.commit();
            waiting = 0;
        }

        @Override
        public void close() throws SQLException {
            insert.close();
        }
    }
}
