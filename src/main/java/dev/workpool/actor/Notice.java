package dev.workpool.actor;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * That the handler of a job which was stopped is to be told so. Made by the router, one for each job that it stops; delivered by
 * whoever the job's runner hands it to. Thread-safe.
 */
final class Notice<J, R> {
    final Chunk<J, R> chunk;
    final int position;

    /** How often it was asked for; less those times that have been dealt with. */
    private final AtomicInteger asked = new AtomicInteger();

    /**
     * A notice that nobody was told of.
     *
     * @param chunk what the job is in
     * @param position the job, which was stopped
     */
    Notice(Chunk<J, R> chunk, int position) {
        this.chunk = chunk;
        this.position = position;
    }

    /**
     * Asks for it to be delivered, perhaps once more.
     *
     * @return whether the caller has to see to it that {@link #deliver} is called; if not, somebody is at it and will do it again
     */
    boolean ask() {
        return asked.getAndIncrement() == 0;
    }

    /** Delivers it, and again as long as that was asked for meanwhile. So it is never delivered twice at a time. */
    void deliver(Runnable delivery) {
        int seen;
        do {
            seen = asked.get();
            delivery.run();
        } while (asked.addAndGet(-seen) > 0);
    }
}
