package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.store.Limits.RatePart;
import dev.workpool.durable.internal.store.Sharing.Claimant;
import dev.workpool.durable.internal.store.Sharing.Given;
import dev.workpool.settings.RateLimit;
import java.util.List;

/**
 * The part of a queue's rate that no process has: those of the {@code burst} units that are free, with their tokens. What
 * is given to a process is taken out of it. Pure; times are the database's, in milliseconds.
 *
 * @param limit the queue's rate
 * @param freeUnits how many units were free when it was written
 * @param tokens how many tokens these had
 * @param atMs when that was
 */
record RateBucket(RateLimit limit, int freeUnits, double tokens, long atMs) {
    /** What somebody gets, and what is left. */
    record Taken(RatePart part, RateBucket left) {}

    /** All units are free, and full. */
    static RateBucket full(RateLimit limit, long nowMs) {
        return new RateBucket(limit, limit.burst(), limit.burst(), nowMs);
    }

    /**
     * Gives somebody a part.
     *
     * @param mine its share is how many units it may be using now
     * @param returned tokens that it gives back
     * @param others those whose time has not run out
     * @param turn counts up now and then
     */
    Taken give(Claimant mine, double returned, List<Claimant> others, long turn, long nowMs) {
        double perUnitMs = limit.perSecond() / limit.burst() / 1_000;
        double there = Math.min(freeUnits, tokens + freeUnits * perUnitMs * Math.max(0, nowMs - atMs)) + returned;
        Given given = Sharing.give(limit.burst(), mine, others, turn);
        double more = Math.max(0, Math.min(given.allowed() - mine.share(), there));
        long used = given.share();
        for (Claimant each : others) {
            used += each.share();
        }
        int free = (int) Math.max(0, limit.burst() - used);
        return new Taken(
                new RatePart(limit, given, more), new RateBucket(limit, free, Math.min(free, there - more), nowMs));
    }
}
