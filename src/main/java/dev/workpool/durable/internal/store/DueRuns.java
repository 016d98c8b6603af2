package dev.workpool.durable.internal.store;

import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which runs of a recurring job are to be enqueued, now that one is due.
 *
 * @param runs when each was due
 * @param next when the next one is due, which may have passed if there were too many; empty if never
 */
record DueRuns(List<Instant> runs, Optional<Instant> next) {
    /** A run that is late by more was missed. */
    private static final Duration LATEST = Duration.ofMinutes(1);

    /** So many are enqueued in one transaction. */
    static final int MOST = 500;

    /**
     * Decides.
     *
     * @param due when the first that was not enqueued is due, not after now
     */
    static DueRuns at(Instant now, Instant due, Schedule schedule, MissedRuns missed) {
        if (missed == MissedRuns.ALL) {
            return all(now, due, schedule);
        }
        Instant last = schedule.last(due, now);
        boolean isMissed = last.plus(LATEST).isBefore(now);
        return new DueRuns(isMissed && missed == MissedRuns.SKIP ? List.of() : List.of(last), schedule.next(last));
    }

    private static DueRuns all(Instant now, Instant due, Schedule schedule) {
        List<Instant> runs = new ArrayList<>();
        Optional<Instant> next = Optional.of(due);
        while (next.isPresent() && !next.get().isAfter(now) && runs.size() < MOST) {
            runs.add(next.get());
            next = schedule.next(next.get());
        }
        return new DueRuns(runs, next);
    }
}
