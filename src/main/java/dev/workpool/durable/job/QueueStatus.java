package dev.workpool.durable.job;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What is in a durable queue, how fast it changes, and who works on it, for all processes. A snapshot.
 *
 * @param name the queue's name
 * @param stats what is in it
 * @param inPerSecond jobs that were enqueued per second since the look before; empty at the first look
 * @param outPerSecond jobs that got their outcome per second since then; empty at the first look
 * @param holders who holds jobs, and who waits for some; by owner
 * @param codecs the names of the codecs that jobs of the queue were ever encoded with
 */
public record QueueStatus(
        String name,
        QueueStats stats,
        OptionalDouble inPerSecond,
        OptionalDouble outPerSecond,
        List<QueueHolder> holders,
        List<String> codecs) {}
