package dev.workpool.durable.internal.store;

import dev.workpool.durable.job.StoreStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database answers, and logs when it goes away and when it is back, once a minute at most. A database
 * that takes no writes, such as one whose disk is full, is away until something was written and nothing has failed for
 * some seconds: it answers whoever reads, and takes what is small where what is large does not fit. Any thread may tell it;
 * its fields are guarded by this.
 */
public final class Availability {
    private static final Logger log = LoggerFactory.getLogger(Availability.class);

    /** Is told in order, and must neither block nor call users' code. */
    public interface Listener {
        void away(Exception reason);

        void back(Duration away);
    }

    /** A store that does some of what it is asked, such as one whose disk is full, is away and back many times a second. */
    private static final long AGAIN_NS = TimeUnit.MINUTES.toNanos(1);

    /** Longer than between two tries of the same write. */
    static final long QUIET_NS = TimeUnit.SECONDS.toNanos(5);

    private final String store;
    private final LongSupplier clockNs;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private Exception failure;
    private long sinceNs;

    /** Whether it answers, but takes no writes; when that was said last. */
    private boolean isUnwritable;

    private long unwritableNs;

    /** What is wrong with it although it answers. */
    private Optional<String> warning = Optional.empty();

    private long outages;

    /** Whether the log says that it is away. */
    private boolean isLogged;

    private boolean wasLogged;
    private long loggedNs;

    Availability(String store) {
        this(store, System::nanoTime);
    }

    Availability(String store, LongSupplier clockNs) {
        this.store = store;
        this.clockNs = clockNs;
    }

    /**
     * It has answered.
     *
     * @param askedNs when it was asked; what it answered before it went away says nothing
     */
    void works(long askedNs) {
        synchronized (this) {
            if (!isUnwritable && failure != null && askedNs - sinceNs >= 0) {
                back();
            }
        }
    }

    /** It has taken a write. */
    synchronized void written() {
        if (isUnwritable && clockNs.getAsLong() - unwritableNs >= QUIET_NS) {
            back();
        }
    }

    /** Whether it answers, but takes no writes. */
    synchronized boolean isUnwritable() {
        return isUnwritable;
    }

    private synchronized void back() {
        long awayNs = awayNs();
        failure = null;
        isUnwritable = false;
        Duration away = Duration.ofNanos(awayNs);
        listeners.forEach(each -> each.back(away));
        if (isLogged) {
            isLogged = false;
            log.info("Job store {} answers again, after {} ms.", store, awayNs / 1_000_000);
        }
    }

    /**
     * It has not answered, or has refused.
     *
     * @param isOfWriting whether it answers, but takes no writes
     * @param isTold whether whoever has asked is told at once, so that the log need not say it
     */
    void fails(Exception e, boolean isOfWriting, boolean isTold) {
        synchronized (this) {
            if (isOfWriting) {
                isUnwritable = true;
                unwritableNs = clockNs.getAsLong();
            }
            boolean isNew = failure == null;
            failure = e;
            if (isNew) {
                sinceNs = clockNs.getAsLong();
                outages++;
                listeners.forEach(each -> each.away(e));
            }
            if (isTold || isLogged || (wasLogged && clockNs.getAsLong() - loggedNs < AGAIN_NS)) {
                return;
            }
            isLogged = true;
            wasLogged = true;
            loggedNs = clockNs.getAsLong();
        }
        log.warn(
                "Job store {} {}: {}. It is tried again until it does.",
                store,
                isOfWriting ? "takes no writes" : "does not answer",
                e.getMessage() == null ? e : e.getMessage());
    }

    /** Says, once, what is wrong with it although it answers. */
    void warn(String what) {
        synchronized (this) {
            if (warning.isPresent()) {
                return;
            }
            warning = Optional.of(what);
        }
        log.warn("Job store {}: {}.", store, what);
    }

    /** What is wrong with it although it answers. */
    public synchronized Optional<String> warning() {
        return warning;
    }

    private long awayNs() {
        return clockNs.getAsLong() - sinceNs;
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public synchronized StoreStatus status() {
        return new StoreStatus(failure(), failure == null ? Duration.ZERO : Duration.ofNanos(awayNs()), outages);
    }

    /** Why it does not answer; empty if it does. */
    public synchronized Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** How often it went away. Leases may have run out meanwhile. */
    public synchronized long outages() {
        return outages;
    }
}
