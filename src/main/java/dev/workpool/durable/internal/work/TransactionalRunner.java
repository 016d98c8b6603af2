package dev.workpool.durable.internal.work;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling;
import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.durable.job.TransactionalHandler;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.job.JobContext;
import dev.workpool.settings.BatchOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each job in a transaction of its own, which also writes down that it is done. Whether a transaction was committed
 * is known by that alone: what has become of a job whose commit got no answer is decided when its segment is settled.
 */
public final class TransactionalRunner<J, R> extends BatchRunner<J, TransactionalTask, Object> {
    private static final Logger log = LoggerFactory.getLogger(TransactionalRunner.class);

    private final Database database;
    private final TransactionalHandler<J, R> handler;
    private final Optional<JobCodec<R>> resultCodec;
    private final Settling settling;

    public TransactionalRunner(
            WorkerPool<TransactionalTask, Object> pool,
            Database database,
            TransactionalHandler<J, R> handler,
            Optional<JobCodec<R>> resultCodec) {
        super(pool);
        this.database = database;
        this.handler = handler;
        this.resultCodec = resultCodec;
        this.settling = new Settling(database.names());
    }

    /** A job of a held segment. */
    private final class Task implements TransactionalTask {
        private final SegmentRow segment;
        private final long number;
        private final J job;

        Task(SegmentRow segment, long number, J job) {
            this.segment = segment;
            this.number = number;
            this.job = job;
        }

        @Override
        public Object run(JobContext context) throws Exception {
            boolean isHandlers = false;
            boolean isBroken = false;
            try (Connection connection = database.connectionForUsers()) {
                if (database.isServer()) {
                    context.onCancel(
                            () -> connection.abort(Runnable::run)); // it waits for the server, and not for an interrupt
                }
                connection.setAutoCommit(false);
                boolean isCommitted = false;
                try {
                    isHandlers = true;
                    R result = handler.handle(job, LentConnection.of(connection));
                    isHandlers = false;
                    acknowledge(connection, context, result);
                    connection.commit();
                    isCommitted = true;
                    return result;
                } finally {
                    if (!isCommitted) {
                        isBroken = !rollBack(connection);
                    }
                }
            } catch (Exception e) {
                boolean isPassing = e instanceof SQLException failure && Transactions.isPassing(failure);
                throw isBroken || (isPassing && !isHandlers) ? new StoreAway(e) : e;
            }
        }

        private void acknowledge(Connection connection, JobContext context, R result) throws Exception {
            byte[] encoded = result == null || resultCodec.isEmpty()
                    ? null
                    : resultCodec.get().encode(result);
            if (!settling.acknowledge(connection, segment, number, segment.attempts() + context.attempt(), encoded)) {
                throw new IllegalStateException("the job's lease is lost; another process runs it");
            }
        }

        @Override
        public String toString() {
            return String.valueOf(job);
        }
    }

    /** Returns false if the connection is broken. */
    private static boolean rollBack(Connection connection) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            log.debug("a transaction could not be rolled back; the database does it", e);
            return false;
        }
    }

    @Override
    public void run(
            SegmentRow segment,
            long[] numbers,
            List<J> jobs,
            BatchOptions options,
            Starter starter,
            BiConsumer<Piece<?>, List<Piece.Ended>> ended) {
        List<TransactionalTask> tasks = new ArrayList<>(jobs.size());
        for (int i = 0; i < numbers.length; i++) {
            tasks.add(new Task(segment, numbers[i], jobs.get(i)));
        }
        runBatch(tasks, options, starter, ended);
    }

    @Override
    public boolean isTransactional() {
        return true;
    }
}
