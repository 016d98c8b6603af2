package dev.workpool.durable.job;

import dev.workpool.job.BatchProgress;
import java.time.Duration;
import java.util.Optional;

/**
 * Is told what happens to a durable queue in this process. Set by {@code DurableQueue.observe}.
 *
 * <p>An observer is called on the callback dispatcher of the actor system, one call at a time, in the order in which
 * things happened, and a moment after them: what it is told of jobs is in the store already. It may block, which delays
 * its own calls. Up to 1 024 events wait for it; what comes then is dropped and counted ({@link #onDropped}). What it
 * throws is logged the first time and otherwise ignored.
 *
 * <p>An event is told in the process where it happened, and nowhere else: a batch ends where its last job was
 * acknowledged.
 */
public interface QueueObserver {

    /**
     * A pool has begun to work on the queue.
     *
     * @param queue the queue's name
     * @param pool the pool's name
     */
    default void onWorkBegun(String queue, String pool) {}

    /**
     * A pool works on the queue no longer.
     *
     * @param queue the queue's name
     * @param pool the pool's name
     * @param last what its work has done
     */
    default void onWorkEnded(String queue, String pool, WorkStats last) {}

    /**
     * Every job of a batch has its outcome. Not told of batches without jobs.
     *
     * @param queue the queue's name
     * @param batch the batch's number
     * @param key that it was enqueued under; empty if there was none
     * @param counts how its jobs ended
     */
    default void onBatchEnded(String queue, long batch, Optional<String> key, BatchProgress counts) {}

    /**
     * A job has failed for good, and is a dead letter now.
     *
     * @param queue the queue's name
     * @param job which, and how it failed
     */
    default void onJobDead(String queue, DeadJob job) {}

    /**
     * A lease of this process was not renewed in time, and has gone to somebody else. What ran under it is stopped, and
     * runs again there.
     *
     * @param queue the queue's name
     * @param batch the number of the batch that its jobs are of
     * @param jobs how many were not acknowledged
     */
    default void onLeaseLost(String queue, long batch, int jobs) {}

    /**
     * Leases of others had run out, and were taken over: a process has died, or was cut off.
     *
     * @param queue the queue's name
     * @param leases how many
     */
    default void onLeasesTakenOver(String queue, int leases) {}

    /**
     * Outcomes were refused, since the lease had gone to somebody else, who runs the jobs again. Nobody is told them.
     *
     * @param queue the queue's name
     * @param batch the number of the batch that the jobs are of
     * @param jobs how many
     */
    default void onRefused(String queue, long batch, int jobs) {}

    /**
     * There are jobs that this process cannot decode, and leaves to others: they are of another codec, or of a newer
     * version. Told again when their number changes; 0 once there are none any more.
     *
     * @param queue the queue's name
     * @param jobs how many
     */
    default void onUndecodable(String queue, long jobs) {}

    /**
     * The store does not answer. What is asked of it is tried again.
     *
     * @param queue the queue's name
     * @param reason why
     */
    default void onStoreAway(String queue, Exception reason) {}

    /**
     * The store answers again.
     *
     * @param queue the queue's name
     * @param away for how long it did not
     */
    default void onStoreBack(String queue, Duration away) {}

    /**
     * Events came faster than this observer took them.
     *
     * @param queue the queue's name
     * @param events how many were dropped just now
     */
    default void onDropped(String queue, long events) {}
}
