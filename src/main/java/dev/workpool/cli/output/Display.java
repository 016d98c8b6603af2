package dev.workpool.cli.output;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Tally;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how jobs ended, one after another, whichever threads they come from, and keeps nothing back for longer than 20 ms. Thread-safe.
 *
 * <p>As long as standard output takes no more, whoever shows an ending waits, and so does whoever waits for the end.
 */
public final class Display {
    private static final long FLUSH_AFTER_NS = 20_000_000;

    private final Output output;
    private final LongSupplier total;

    /** Written by who has this object's lock. */
    private volatile long shown;

    /** What has been shown. This and all below is guarded by this object. */
    private final Tally tally = new Tally();

    /** When what has not been flushed was shown, at the earliest; without meaning if there is nothing. */
    private long unflushedSince;

    private boolean unflushed;

    /** When there was news last. */
    private long newsAt;

    private boolean hurrying;
    private boolean ended;

    /**
     * A display of nothing yet.
     *
     * @param total how many jobs there will be; −1 as long as nobody knows
     */
    public Display(Output output, LongSupplier total) {
        this.output = output;
        this.total = total;
    }

    /** Shows how a job ended, unless it comes too late for that. Blocks as long as that takes. */
    public synchronized void show(Ending ending) {
        if (ended) {
            ending.close();
            return;
        }
        output.show(ending);
        tally.add(ending.kind());
        output.progress(tally, total.getAsLong());
        shown = tally.done();
        onNews();
    }

    /** Shows how a job ended, and keeps nothing back: what could not be written is known when this returns. */
    public synchronized void showAtOnce(Ending ending) {
        show(ending);
        if (unflushed) {
            flush();
        }
    }

    /**
     * Shows lines of a command that runs still, unless they come too late for that. Blocks as long as that takes.
     *
     * @param error whether they belong on standard error
     */
    public synchronized void show(InputStream lines, boolean error) {
        if (!ended) {
            output.show(lines, error);
            onNews();
        }
    }

    private void onNews() {
        newsAt = System.nanoTime();
        if (!unflushed) {
            unflushed = true;
            unflushedSince = newsAt;
            notifyAll();
        } else if (newsAt - unflushedSince >= FLUSH_AFTER_NS) {
            flush();
        }
    }

    /** Shows how far it is although no job has ended. Blocks while one is shown. */
    public synchronized void refresh() {
        if (!ended) {
            output.progress(tally, total.getAsLong());
        }
    }

    /** How many jobs' endings have been shown. Does not wait for what is being shown. */
    public long shown() {
        return shown;
    }

    /** Everything was cancelled: from now on it cannot take long. */
    public synchronized void hurry() {
        if (!hurrying) {
            hurrying = true;
            newsAt = System.nanoTime();
            notifyAll();
        }
    }

    /** Everything was shown. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /**
     * Waits for the end.
     *
     * @param patience how long to wait, once it cannot take long, for news that do not come
     * @return false if they did not come; nothing is shown any more
     */
    public synchronized boolean awaitEnd(Duration patience) throws InterruptedException {
        while (!ended) {
            long now = System.nanoTime();
            if (unflushed && now - unflushedSince >= FLUSH_AFTER_NS) {
                flush();
            } else if (unflushed) {
                await(unflushedSince + FLUSH_AFTER_NS - now);
            } else if (!hurrying) {
                wait();
            } else if (now - newsAt < patience.toNanos()) {
                await(newsAt + patience.toNanos() - now);
            } else {
                ended = true;
                return false;
            }
        }
        return true;
    }

    private void await(long ns) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, ns));
    }

    private void flush() {
        unflushed = false;
        output.flush();
    }

    /** The pool owes outcomes that are not coming. It should not happen, and must not hang anybody. */
    public synchronized void giveUp(long jobs) {
        output.say("%d jobs were cancelled and have not ended".formatted(jobs - tally.done()));
        while (tally.done() < jobs) {
            tally.add(Ending.Kind.CANCELLED);
        }
    }

    /** Writes out all that there is, and takes the progress away; gives how the jobs ended. */
    public synchronized Tally finish() {
        output.finish();
        return tally;
    }

    /** How many results could not be written. */
    public synchronized int unwritten() {
        return output.unwritten();
    }

    /** Says something on standard error. Does not wait for what is being shown. */
    public void say(String message) {
        output.say(message);
    }
}
