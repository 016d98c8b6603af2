package dev.workpool.bench.durable;

import java.sql.SQLException;

/** A queue on PostgreSQL whose jobs are run in this process. Any thread may enqueue. */
interface Contestant extends AutoCloseable {
    /** How many threads run jobs. */
    int WORKERS = 4;

    /** What a job does. */
    interface Handler {
        void run(byte[] job);
    }

    /** Enqueues a job; returns once it is stored. */
    void enqueue(byte[] job) throws Exception;

    /** Enqueues jobs together; returns once they are stored. */
    void enqueueAll(byte[] job, int jobs) throws Exception;

    @Override
    void close() throws SQLException;
}
