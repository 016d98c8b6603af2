package dev.workpool.durable.internal.store;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database answers, and logs it once when it goes away and once when it is back. Any thread may tell
 * it; its fields are guarded by this.
 */
public final class Availability {
    private static final Logger log = LoggerFactory.getLogger(Availability.class);

    private final String store;
    private Exception failure;
    private long sinceNs;
    private long outages;

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
            awayNs = System.nanoTime() - sinceNs;
            failure = null;
        }
        log.info("Job store {} answers again, after {} ms.", store, awayNs / 1_000_000);
    }

    void fails(Exception e) {
        synchronized (this) {
            if (failure != null) {
                failure = e;
                return;
            }
            failure = e;
            sinceNs = System.nanoTime();
            outages++;
        }
        log.warn("Job store {} does not answer: {}. It is tried again until it does.", store, e.toString());
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
