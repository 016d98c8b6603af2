package dev.workpool.internal.flight;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.Optional;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * The events of pools in the flight recorder. An event that is disabled is made and asked, and not begun, since that
 * reads a clock.
 */
@SuppressWarnings("UnusedVariable") // the recorder reads them
final class FlightEvents {
    private FlightEvents() {}

    /** What all of them share. */
    @Category("Workpool")
    @StackTrace(false)
    private abstract static class OfPool extends Event {
        @Label("Pool")
        String pool;
    }

    /** A batch or a stream, from its acceptance to its last outcome. */
    @Name("dev.workpool.Batch")
    @Label("Batch")
    @Description("A batch or a stream, from its acceptance to its last outcome")
    private static final class Batch extends OfPool {
        @Label("Batch Id")
        long batchId;

        @Label("Batch Name")
        String batchName;

        @Label("Succeeded")
        long succeeded;

        @Label("Failed")
        long failed;

        @Label("Timed Out")
        long timedOut;

        @Label("Cancelled")
        long cancelled;
    }

    /** An attempt at a job that took long. */
    @Name("dev.workpool.Job")
    @Label("Job")
    @Description("An attempt at a job; or, where jobs are cheap, several neighbours together, one of which took long")
    @Threshold("20 ms")
    private static final class Job extends OfPool {
        static final Job ASKED = new Job();

        @Label("Worker")
        int worker;

        @Label("Batch Id")
        @Description("0 for a job that was submitted by itself")
        long batchId;

        @Label("Index in the Batch")
        long index;

        @Label("Jobs")
        int jobs;

        @Label("Attempt")
        int attempt;
    }

    /** A problem of a job. */
    private abstract static class OfJob extends OfPool {
        @Label("Batch Id")
        @Description("0 for a job that was submitted by itself")
        long batchId;

        @Label("Batch Name")
        String batchName;

        @Label("Index in the Batch")
        long index;

        @Label("Jobs")
        long jobs;

        @Label("Attempt")
        int attempt;

        @Label("Error")
        @Description("The class of what the handler threw")
        String error;
    }

    @Name("dev.workpool.JobOverdue")
    @Label("Job Overdue")
    @Description("A job runs for longer than warn-after")
    private static final class JobOverdue extends OfJob {
        @Label("Running For")
        @Timespan(Timespan.NANOSECONDS)
        long time;
    }

    @Name("dev.workpool.JobTimeout")
    @Label("Job Time-out")
    @Description("A job's time, or its batch's, was over, and it is not tried again")
    private static final class JobTimeout extends OfJob {
        @Label("Time Allowed")
        @Timespan(Timespan.NANOSECONDS)
        long time;
    }

    @Name("dev.workpool.JobFailure")
    @Label("Job Failure")
    @Description("A job has failed for good")
    private static final class JobFailure extends OfJob {}

    @Name("dev.workpool.JobRetry")
    @Label("Job Retry")
    @Description("An attempt at a job has failed or timed out, and another follows")
    private static final class JobRetry extends OfJob {
        @Label("Delay")
        @Timespan(Timespan.NANOSECONDS)
        long time;
    }

    @Name("dev.workpool.JobAbandoned")
    @Label("Job Abandoned")
    @Description("A handler that was told to stop did not; its job is settled without it")
    private static final class JobAbandoned extends OfJob {
        @Label("Running For")
        @Timespan(Timespan.NANOSECONDS)
        long time;
    }

    @Name("dev.workpool.JobRejected")
    @Label("Job Rejected")
    @Description("Jobs were not accepted, or dropped for later ones")
    private static final class JobRejected extends OfJob {}

    @Name("dev.workpool.WorkerReplaced")
    @Label("Worker Replaced")
    private static final class WorkerReplaced extends OfPool {}

    @Name("dev.workpool.PoolStart")
    @Label("Pool Start")
    private static final class PoolStart extends OfPool {
        @Label("Workers")
        int workers;
    }

    @Name("dev.workpool.PoolEnd")
    @Label("Pool End")
    private static final class PoolEnd extends OfPool {
        @Label("Accepted")
        long accepted;

        @Label("Succeeded")
        long succeeded;

        @Label("Failed")
        long failed;

        @Label("Timed Out")
        long timedOut;

        @Label("Cancelled")
        long cancelled;
    }

    @Name("dev.workpool.PoolResize")
    @Label("Pool Resize")
    private static final class PoolResize extends OfPool {
        @Label("Workers Before")
        int before;

        @Label("Workers")
        int workers;

        @Label("Adapted")
        @Description("Whether the limit has adapted by itself")
        boolean adapted;
    }

    static boolean isInitialized() {
        return FlightRecorder.isInitialized();
    }

    static boolean areJobsRecorded() {
        return Job.ASKED.isEnabled();
    }

    static JobRecorder jobRecorder(String pool, int worker) {
        return new JobRecorder() {
            private Job job;

            @Override
            public void begin() {
                job = new Job();
                job.begin();
            }

            @Override
            public void end(long batchId, long index, int jobs, int attempt) {
                job.end();
                if (job.shouldCommit()) {
                    job.pool = pool;
                    job.worker = worker;
                    job.batchId = batchId;
                    job.index = index;
                    job.jobs = jobs;
                    job.attempt = attempt;
                    job.commit();
                }
            }
        };
    }

    static FlightLog.OpenBatch beginBatch() {
        Batch event = new Batch();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return (batch, counts) -> {
            event.end();
            if (event.shouldCommit()) {
                commit(event, batch, counts);
            }
        };
    }

    private static void commit(Batch event, BatchInfo batch, BatchProgress counts) {
        event.pool = batch.pool();
        event.batchId = batch.id();
        event.batchName = batch.name();
        event.succeeded = counts.succeeded();
        event.failed = counts.failed();
        event.timedOut = counts.timedOut();
        event.cancelled = counts.cancelled();
        event.commit();
    }

    static void poolStarted(String pool, int workers) {
        PoolStart event = new PoolStart();
        if (event.isEnabled()) {
            event.pool = pool;
            event.workers = workers;
            event.commit();
        }
    }

    static void poolEnded(PoolSnapshot last) {
        PoolEnd event = new PoolEnd();
        if (event.isEnabled()) {
            event.pool = last.name();
            event.accepted = last.accepted();
            event.succeeded = last.succeeded();
            event.failed = last.failed();
            event.timedOut = last.timedOut();
            event.cancelled = last.cancelled();
            event.commit();
        }
    }

    static void workersChanged(String pool, int before, int now, PoolObserver.WorkersChange why) {
        if (why == PoolObserver.WorkersChange.REPLACED) {
            WorkerReplaced event = new WorkerReplaced();
            if (event.isEnabled()) {
                event.pool = pool;
                event.commit();
            }
            return;
        }
        PoolResize event = new PoolResize();
        if (event.isEnabled()) {
            event.pool = pool;
            event.before = before;
            event.workers = now;
            event.adapted = why == PoolObserver.WorkersChange.ADAPTED;
            event.commit();
        }
    }

    static void problem(
            PoolProblem.Kind kind,
            String pool,
            Optional<BatchInfo> batch,
            long index,
            long jobs,
            int attempt,
            Throwable error,
            Duration time) {
        OfJob event = event(kind, time.toNanos());
        if (event.isEnabled()) {
            event.pool = pool;
            event.batchId = batch.map(BatchInfo::id).orElse(0L);
            event.batchName = batch.map(BatchInfo::name).orElse("");
            event.index = index;
            event.jobs = jobs;
            event.attempt = attempt;
            event.error = error == null ? null : error.getClass().getName();
            event.commit();
        }
    }

    private static OfJob event(PoolProblem.Kind kind, long ns) {
        switch (kind) {
            case OVERDUE -> {
                JobOverdue event = new JobOverdue();
                event.time = ns;
                return event;
            }
            case TIMED_OUT -> {
                JobTimeout event = new JobTimeout();
                event.time = ns;
                return event;
            }
            case RETRIED -> {
                JobRetry event = new JobRetry();
                event.time = ns;
                return event;
            }
            case ABANDONED -> {
                JobAbandoned event = new JobAbandoned();
                event.time = ns;
                return event;
            }
            case FAILED -> {
                return new JobFailure();
            }
            case REJECTED -> {
                return new JobRejected();
            }
            case NO_NODE -> throw new IllegalArgumentException("of no job");
        }
        throw new IllegalArgumentException("unknown kind " + kind);
    }
}
