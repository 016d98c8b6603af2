package dev.workpool.internal.worker;

import java.time.Duration;
import java.util.function.Function;

/**
 * A blocking handler inside the library that must know whether its time is over when it has its result.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface TimedHandler<J, R> {
    /**
     * Runs a job.
     *
     * @param job the job
     * @param overrun says whether the time of the job is over, so that it has timed out however the handler ends: gives
     *     the time-out, or null if it is not over. Takes what the handler is about to fail with, or null if it is about
     *     to succeed. Gives null on any other thread than the one that runs the job, and once this has returned.
     * @return the result
     * @throws Exception if it fails
     */
    R handle(J job, Function<Throwable, Duration> overrun) throws Exception;
}
