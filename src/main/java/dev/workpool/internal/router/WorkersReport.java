package dev.workpool.internal.router;

import dev.workpool.internal.event.PoolEvents;
import dev.workpool.job.PoolObserver.WorkersChange;

/** Tells whoever watches how the workers change. Confined to the router's thread. */
final class WorkersReport {
    private final PoolEvents events;

    /** What was told last. */
    private int workers;

    private long replaced;

    WorkersReport(PoolEvents events, int workers) {
        this.events = events;
        this.workers = workers;
    }

    /** Somebody has asked for another number of workers. */
    void resized(int now) {
        changed(now, WorkersChange.RESIZED);
    }

    /**
     * Something has changed, perhaps the workers.
     *
     * @param now how many there are to be
     * @param replacedInAll how many have been replaced since the start
     */
    void look(int now, long replacedInAll) {
        changed(now, WorkersChange.ADAPTED);
        while (replaced < replacedInAll) {
            replaced++;
            events.workersChanged(workers, workers, WorkersChange.REPLACED);
        }
    }

    private void changed(int now, WorkersChange why) {
        if (now != workers) {
            int before = workers;
            workers = now;
            events.workersChanged(before, now, why);
        }
    }
}
