package dev.workpool.durable.job;

import dev.workpool.job.JobContext;

/**
 * A job of a durable queue together with the transaction that runs and acknowledges it: what a pool runs that works on
 * queues transactionally. Made by the library alone. One pool serves any number of queues:
 *
 * <pre>{@code
 * WorkerPool<TransactionalTask, Object> pool = WorkerPool.start(system, "bookings", TransactionalTask::run);
 * QueueWork work = orders.workOn(pool, (order, connection) -> book(order, connection));
 * }</pre>
 */
public interface TransactionalTask {
    /**
     * Runs the job in its transaction.
     *
     * @param context of the attempt
     * @return what the handler has returned; may be null
     * @throws Exception what the handler has thrown; or a {@link java.sql.SQLException} if the transaction could not be
     *     committed
     */
    Object run(JobContext context) throws Exception;
}
