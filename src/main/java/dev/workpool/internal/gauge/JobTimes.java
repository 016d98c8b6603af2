package dev.workpool.internal.gauge;

import dev.workpool.job.TimeDistribution;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * How long the jobs of a pool take and wait, once somebody wants to know. Thread-safe.
 *
 * <p>Each runner has a recorder of its own. What one has recorded is kept when it ends.
 */
public final class JobTimes {
    private final LongSupplier clock;
    private final Set<TimeRecorder> recorders = new LinkedHashSet<>();

    /** Of runners that have ended. Guarded by this object, as the recorders are. */
    private final TimeHistogram endedDurations = new TimeHistogram();

    private final TimeHistogram endedWaits = new TimeHistogram();

    private volatile boolean on;

    /**
     * None are measured yet.
     *
     * @param clock of the pool
     */
    public JobTimes(LongSupplier clock) {
        this.clock = clock;
    }

    /** Measures from now on; chunks that are being run are not. */
    public void turnOn() {
        on = true;
    }

    public boolean areOn() {
        return on;
    }

    /** {@return the time} */
    public long nowNs() {
        return clock.getAsLong();
    }

    /** {@return the time, if times are measured; else {@link PoolGauges#NOTHING}} */
    public long nowIfOnNs() {
        return on ? clock.getAsLong() : PoolGauges.NOTHING;
    }

    /** {@return a recorder for one runner, which gives it back when it ends} */
    public synchronized TimeRecorder recorder() {
        TimeRecorder recorder = new TimeRecorder();
        recorders.add(recorder);
        return recorder;
    }

    /** A runner has ended. Nobody uses its recorder any more. */
    public synchronized void giveBack(TimeRecorder recorder) {
        if (recorders.remove(recorder)) {
            recorder.durations.addTo(endedDurations);
            recorder.waits.addTo(endedWaits);
        }
    }

    public TimeDistribution durations() {
        return sum(endedDurations, recorder -> recorder.durations);
    }

    public TimeDistribution waits() {
        return sum(endedWaits, recorder -> recorder.waits);
    }

    private synchronized TimeDistribution sum(TimeHistogram ended, Function<TimeRecorder, TimeHistogram> ofRecorder) {
        TimeHistogram sum = new TimeHistogram();
        ended.addTo(sum);
        recorders.forEach(recorder -> ofRecorder.apply(recorder).addTo(sum));
        return sum.toDistribution();
    }
}
