package dev.workpool.internal.worker;

import dev.workpool.internal.flight.FlightLog;
import dev.workpool.internal.flight.JobRecorder;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.TimeRecorder;
import dev.workpool.internal.slice.Slice;

/**
 * Measures how long the jobs of one runner take and wait, for the pool's times and for the flight recorder. Confined to
 * the runner, one thread at a time.
 *
 * <p>The flight recorder wants to know only of long jobs. Among cheap ones it is shown all jobs from one that is
 * measured to the next together, which tells where a long one hides.
 */
final class JobMeter {
    /** Of how many cheap jobs one is measured; of fewer where that is only for the flight recorder. */
    private static final int SAMPLE = 64;

    private static final int RECORDED_SAMPLE = 512;

    private final String pool;
    private final JobTimes times;
    private final int workerIndex;

    private JobSampler sampler;

    /** Null where times are not measured, or jobs not recorded. */
    private TimeRecorder recorder;

    private JobRecorder flight;

    private Slice<?> slice;
    private long waitNs;
    private long chunkBegunNs;
    private long jobBegunNs;

    /** The first of the jobs that the flight recorder is shown together. */
    private int shownFrom;

    JobMeter(String pool, JobTimes times, int workerIndex) {
        this.pool = pool;
        this.times = times;
        this.workerIndex = workerIndex;
    }

    /**
     * A chunk is about to begin.
     *
     * @return how many jobs are not measured before the first that is
     */
    int beginChunk(Slice<?> slice) {
        this.slice = slice;
        if (recorder == null && times.areOn()) {
            recorder = times.recorder();
            sampler = new JobSampler(SAMPLE);
        } else if (sampler == null) {
            sampler = new JobSampler(RECORDED_SAMPLE);
        }
        int unmeasured = sampler.begins(slice.size());
        flight = FlightLog.areJobsRecorded() ? FlightLog.jobRecorder(pool, workerIndex) : null;
        chunkBegunNs = times.nowNs();
        waitNs = slice.queuedNs() == PoolGauges.NOTHING ? PoolGauges.NOTHING : chunkBegunNs - slice.queuedNs();
        shownFrom = 0;
        if (flight != null) {
            flight.begin();
        }
        return unmeasured;
    }

    /** A job that is measured is about to begin. */
    void beginJob(int position) {
        if (flight != null && position > shownFrom) {
            show(position);
        }
        if (recorder != null) {
            jobBegunNs = times.nowNs();
        }
    }

    /** Shows the flight recorder the jobs before this one. */
    private void show(int position) {
        flight.end(
                slice.batch().label() == null ? 0 : slice.batch().label().id(),
                slice.first() + shownFrom,
                position - shownFrom,
                slice.attempt());
        shownFrom = position;
        flight.begin();
    }

    /**
     * The job that is measured has ended.
     *
     * @return how many jobs are not measured before the next
     */
    int endJob() {
        if (recorder != null) {
            recorder.ran(times.nowNs() - jobBegunNs, sampler.weight());
        }
        return sampler.skip();
    }

    /**
     * The chunk has ended.
     *
     * @param jobs how many were run
     * @param left how many more jobs would not have been measured
     */
    void endChunk(int jobs, int left) {
        if (jobs > 0) {
            if (flight != null && jobs > shownFrom) {
                show(jobs);
            }
            if (recorder != null && waitNs != PoolGauges.NOTHING) {
                recorder.waited(waitNs, jobs);
            }
            sampler.ran(times.nowNs() - chunkBegunNs, jobs, left);
        }
        slice = null;
    }

    /** The runner has ended. */
    void close() {
        if (recorder != null) {
            times.giveBack(recorder);
        }
    }
}
