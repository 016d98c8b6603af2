package dev.workpool.internal.flight;

import dev.workpool.job.PoolSnapshot;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Shows the flight recorder the statistics of all pools, once a second by default. Thread-safe. */
@SuppressWarnings("UnusedVariable") // the recorder reads them
final class FlightStatistics {
    private static final Set<Supplier<PoolSnapshot>> POOLS = ConcurrentHashMap.newKeySet();

    static {
        FlightRecorder.addPeriodicEvent(PoolStatistics.class, FlightStatistics::record);
    }

    private FlightStatistics() {}

    /** How a pool is. */
    @Name("dev.workpool.PoolStatistics")
    @Label("Pool Statistics")
    @Category("Workpool")
    @StackTrace(false)
    @Period("1 s")
    private static final class PoolStatistics extends Event {
        @Label("Pool")
        String pool;

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

        @Label("Rejected")
        long rejected;

        @Label("Queued")
        long queued;

        @Label("Waiting for a Time")
        long waiting;

        @Label("Running")
        long running;

        @Label("Retries")
        long retries;

        @Label("Abandoned")
        long abandoned;

        @Label("Workers")
        int workers;

        @Label("Paused")
        boolean paused;

        @Label("Oldest Running")
        @Timespan(Timespan.NANOSECONDS)
        long oldestRunning;
    }

    static void add(Supplier<PoolSnapshot> snapshot) {
        POOLS.add(snapshot);
    }

    static void remove(Supplier<PoolSnapshot> snapshot) {
        POOLS.remove(snapshot);
    }

    private static void record() {
        POOLS.forEach(pool -> record(pool.get()));
    }

    private static void record(PoolSnapshot now) {
        PoolStatistics event = new PoolStatistics();
        event.pool = now.name();
        event.accepted = now.accepted();
        event.succeeded = now.succeeded();
        event.failed = now.failed();
        event.timedOut = now.timedOut();
        event.cancelled = now.cancelled();
        event.rejected = now.rejected();
        event.queued = now.queued();
        event.waiting = now.waiting();
        event.running = now.running();
        event.retries = now.retries();
        event.abandoned = now.abandoned();
        event.workers = now.workers();
        event.paused = now.paused();
        event.oldestRunning = now.oldestRunning().toNanos();
        event.commit();
    }
}
