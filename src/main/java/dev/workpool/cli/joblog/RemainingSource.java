package dev.workpool.cli.joblog;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.input.InputDigest;
import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.job.Input;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The inputs of another source whose jobs are not done. Remembers them all, since some may come more than once.
 *
 * <p>The file of the job log is left out with a word about it: it changes while it is read.
 */
public final class RemainingSource implements InputSource {
    private final InputSource source;
    private final JobHistory history;
    private final JobLog log;
    private final Console console;
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();

    /**
     * What remains of a source.
     *
     * @param log null if the log is only read
     */
    public RemainingSource(InputSource source, JobHistory history, JobLog log, Console console) {
        this.source = source;
        this.history = history;
        this.log = log;
        this.console = console;
    }

    @Override
    public Input next() throws IOException {
        for (Input input = source.next(); input != null; input = source.next()) {
            if (input.path() != null && log != null && log.isAt(input.path())) {
                console.say(input.name() + ": left out: the job log of this run");
                leftOut.incrementAndGet();
                continue;
            }
            InputDigest digest = InputDigest.of(input.name());
            int occurrence = history.occurrence(digest);
            if (!history.isDone(digest, occurrence)) {
                return input.withOccurrence(occurrence);
            }
            skipped.incrementAndGet();
        }
        return null;
    }

    @Override
    public long total() {
        long total = source.total();
        return total < 0 ? total : total - skipped.get() - leftOut.get();
    }

    @Override
    public long skipped() {
        return skipped.get();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
