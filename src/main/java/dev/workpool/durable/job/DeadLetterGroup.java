package dev.workpool.durable.job;

import java.time.Instant;

/**
 * Dead letters of a queue that failed alike: by an error of the same class with the same message. A snapshot.
 *
 * @param error how they failed at last; the newest of them
 * @param count how many there are
 * @param oldest when the first of them died, by the database's clock
 * @param newest when the last of them died
 * @param sample the number of the newest, for {@code DurableQueue.deadLetters}
 */
public record DeadLetterGroup(StoredFailure error, long count, Instant oldest, Instant newest, long sample) {}
