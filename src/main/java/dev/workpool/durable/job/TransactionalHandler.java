package dev.workpool.durable.job;

import java.sql.Connection;

/**
 * Runs a job inside the database transaction that also acknowledges it, so that what it writes there happens exactly
 * once. User code that may block and may throw anything. Called by up to N workers at a time, each with a connection of
 * its own.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface TransactionalHandler<J, R> {
    /**
     * Runs one job.
     *
     * @param job not null
     * @param connection to the queue's database, in a transaction; the library commits it after the call has returned,
     *     and rolls it back if it has thrown or the job was lost meanwhile. To commit, roll back or close it is refused
     *     with an {@link java.sql.SQLException}. Do not keep it
     * @return the result; may be null
     * @throws Exception any failure; what was written is rolled back, and the attempt has failed
     */
    R handle(J job, Connection connection) throws Exception;
}
