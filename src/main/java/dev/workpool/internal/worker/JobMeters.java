package dev.workpool.internal.worker;

import dev.workpool.internal.flight.FlightLog;
import dev.workpool.internal.gauge.JobTimes;

/**
 * Makes what the jobs of a pool's runners are measured with.
 *
 * @param pool the pool's name
 * @param times keeps how long they take, once somebody wants to know
 */
public record JobMeters(String pool, JobTimes times) {

    /** Whether anybody wants to know anything of the jobs that run; asked for each chunk. */
    boolean areOn() {
        return times.areOn() || FlightLog.areJobsRecorded();
    }

    /** {@return what one runner's jobs are measured with} */
    JobMeter meter(int workerIndex) {
        return new JobMeter(pool, times, workerIndex);
    }
}
