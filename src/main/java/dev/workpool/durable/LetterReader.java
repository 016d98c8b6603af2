package dev.workpool.durable;

import dev.workpool.durable.internal.store.DeadLetters;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.DeadLetter.FailedAttempt;
import java.util.List;
import java.util.Optional;

/** Decodes dead letters, as far as that can be done here. Calls users' code. */
final class LetterReader<J> {
    private final OpenQueue<J> queue;
    private final List<Codec> codecs;

    /**
     * A reader.
     *
     * @param codecs what jobs of the queue were encoded with
     */
    LetterReader(OpenQueue<J> queue, List<Codec> codecs) {
        this.queue = queue;
        this.codecs = codecs;
    }

    DeadLetter<J> read(DeadLetters.Row row) {
        List<FailedAttempt> history = row.history().stream()
                .map(each -> new FailedAttempt(each.attempts(), each.failure()))
                .toList();
        return new DeadLetter<>(
                row.id(),
                row.batch(),
                row.index(),
                row.died(),
                row.attempts(),
                row.strikes(),
                decode(row),
                row.job(),
                history);
    }

    /** Where the job goes in a keyed queue; the first lane, if that cannot be told. */
    int lane(DeadLetters.Row row) {
        return decode(row).map(queue.lanes()::of).orElse(queue.lanes().areUsed() ? 0 : -1);
    }

    private Optional<J> decode(DeadLetters.Row row) {
        for (Codec each : codecs) {
            if (each.id() == row.codec() && queue.codec().decodes(each.name(), each.version())) {
                try {
                    return Optional.ofNullable(queue.codec().decode(each.version(), row.job()));
                } catch (Throwable e) { // users' code; it must not hide the other dead letters
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
