package dev.workpool.internal.flight;

import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes events to the JDK's flight recorder, if there is one and somebody has it record. Thread-safe; does not block.
 *
 * <p>A run-time image may lack {@code jdk.jfr}. So the classes that need it are loaded only where it has been found and
 * is in use: nothing but this class asks for them.
 */
public final class FlightLog {
    private static final boolean EXISTS =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightLog() {}

    /** A batch that has not ended. */
    public interface OpenBatch {
        void end(BatchInfo batch, BatchProgress counts);
    }

    /** Whether somebody has ever had the flight recorder record. */
    public static boolean isOn() {
        return EXISTS && FlightEvents.isInitialized();
    }

    /** Whether jobs that take long are recorded. */
    public static boolean areJobsRecorded() {
        return isOn() && FlightEvents.areJobsRecorded();
    }

    /** {@return the recorder of one runner's jobs, if they are recorded} */
    public static JobRecorder jobRecorder(String pool, int worker) {
        return FlightEvents.jobRecorder(pool, worker);
    }

    public static void poolStarted(String pool, int workers) {
        if (isOn()) {
            FlightEvents.poolStarted(pool, workers);
        }
    }

    public static void poolEnded(PoolSnapshot last) {
        if (isOn()) {
            FlightEvents.poolEnded(last);
        }
    }

    public static void workersChanged(String pool, int before, int now, PoolObserver.WorkersChange why) {
        if (isOn()) {
            FlightEvents.workersChanged(pool, before, now, why);
        }
    }

    /** A batch was accepted; null if batches are not recorded. */
    public static OpenBatch beginBatch() {
        return isOn() ? FlightEvents.beginBatch() : null;
    }

    /** A job does not go as it should; see {@link PoolProblem}. */
    public static void problem(
            PoolProblem.Kind kind,
            String pool,
            Optional<BatchInfo> batch,
            long index,
            long jobs,
            int attempt,
            Throwable error,
            Duration time) {
        if (isOn()) {
            FlightEvents.problem(kind, pool, batch, index, jobs, attempt, error, time);
        }
    }

    /**
     * Has a pool's statistics recorded from time to time.
     *
     * @param snapshot makes them, on a thread of the flight recorder
     */
    public static void addStatistics(Supplier<PoolSnapshot> snapshot) {
        if (EXISTS) {
            FlightStatistics.add(snapshot);
        }
    }

    /** Ends that; harmless if it was not begun. */
    public static void removeStatistics(Supplier<PoolSnapshot> snapshot) {
        if (EXISTS) {
            FlightStatistics.remove(snapshot);
        }
    }
}
