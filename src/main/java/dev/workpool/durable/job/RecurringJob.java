package dev.workpool.durable.job;

import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.Schedule;
import java.time.Instant;
import java.util.Optional;

/**
 * A job that a durable queue is given by a schedule.
 *
 * @param name its name in the queue
 * @param schedule when it is due
 * @param missed what becomes of runs that were missed
 * @param priority of its runs
 * @param nextDue when it is due next, by the database's clock; empty if never again
 * @param runs how often it was enqueued
 */
public record RecurringJob(
        String name, Schedule schedule, MissedRuns missed, int priority, Optional<Instant> nextDue, long runs) {}
