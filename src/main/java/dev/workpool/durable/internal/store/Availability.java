package dev.workpool.durable.internal.store;

import dev.workpool.durable.job.StoreStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database answers, and logs when it goes away and when it is back, once a minute at most. Any thread may tell
 * it; its fields are guarded by this.
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

    private final String store;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private Exception failure;
    private long sinceNs;
    private long outages;

    /** Whether the log says that it is away. */
    private boolean isLogged;

    private boolean wasLogged;
    private long loggedNs;

    Availability(String store) {
        this.store = store;
    }

    /**
     * It has answered.
     *
     * @param askedNs when it was asked; what it answered before it went away says nothing
     */
    void works(long askedNs) {
        long awayNs;
        synchronized (this) {
            if (failure == null || askedNs - sinceNs < 0) {
                return;
            }
            awayNs = awayNs();
            failure = null;
            Duration away = Duration.ofNanos(awayNs);
            listeners.forEach(each -> each.back(away));
            if (!isLogged) {
                return;
            }
            isLogged = false;
        }
        log.info("Job store {} answers again, after {} ms.", store, awayNs / 1_000_000);
    }

    void fails(Exception e) {
        synchronized (this) {
            boolean isNew = failure == null;
            failure = e;
            if (isNew) {
                sinceNs = System.nanoTime();
                outages++;
                listeners.forEach(each -> each.away(e));
            }
            if (isLogged || (wasLogged && System.nanoTime() - loggedNs < AGAIN_NS)) {
                return;
            }
            isLogged = true;
            wasLogged = true;
            loggedNs = System.nanoTime();
        }
        log.warn("Job store {} does not answer: {}. It is tried again until it does.", store, e.toString());
    }

    private long awayNs() {
        return System.nanoTime() - sinceNs;
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
