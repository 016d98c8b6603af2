package dev.workpool.durable.job;

/**
 * A job that has just become a dead letter, for observers. {@code DurableQueue.deadLetters} has it with its history.
 *
 * @param batch the number of its batch
 * @param index its index in its batch
 * @param attempts how often its handler was called, in all processes
 * @param strikes how often its process ended while it ran alone; more than 0 of a job that is dead for that reason
 * @param error how it failed at last; of one that timed out, that it did
 */
public record DeadJob(long batch, long index, int attempts, int strikes, StoredFailure error) {}
