package dev.workpool.durable.job;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody who works on a durable queue: a pool of a process. A snapshot.
 *
 * @param owner as the store has it; no two works share one
 * @param pool the pool's name
 * @param host the machine's name; empty if it is not known
 * @param pid the process's number on that machine; empty if it is not known
 * @param jobs how many jobs it holds under leases; 0 of one that has nothing to do
 * @param lease how long the lease lasts that runs out first; each is renewed while the process lives. Zero without jobs
 */
public record QueueHolder(String owner, String pool, String host, OptionalLong pid, long jobs, Duration lease) {
    /** Pool, host, process and what tells its works apart. Works of earlier versions do not name a host. */
    private static final Pattern OWNER = Pattern.compile("(.*)@(?:([^@/]*)/)?(\\d{1,18})-[^-]*");

    /**
     * Reads an owner as it is stored.
     *
     * @param owner of leases
     * @param jobs how many jobs it holds
     * @param lease how long the lease lasts that runs out first
     * @return who it is, as far as that can be told
     */
    public static QueueHolder of(String owner, long jobs, Duration lease) {
        Matcher parts = OWNER.matcher(owner);
        return parts.matches()
                ? new QueueHolder(
                        owner,
                        parts.group(1),
                        parts.group(2) == null ? "" : parts.group(2),
                        OptionalLong.of(Long.parseLong(parts.group(3))),
                        jobs,
                        lease)
                : new QueueHolder(owner, owner, "", OptionalLong.empty(), jobs, lease);
    }
}
