package dev.workpool.cli;

/**
 * One job of a run: an input, its place in the order of inputs, and what became of its attempts so far. Thread-safe: the pool
 * may tell an outcome while a handler that has run out of time is still returning.
 */
final class Job {
    private final long index;
    private final Input input;
    private int attempts;
    private Attempt last;
    private Result left;
    private boolean settled;
    private boolean taken;
    private boolean counted;
    private Runnable onRest = () -> {};

    Job(long index, Input input) {
        this.index = index;
        this.input = input;
    }

    long index() {
        return index;
    }

    Input input() {
        return input;
    }

    /**
     * The handler begins. What an attempt before left is dropped: only the last one shows.
     *
     * @throws FinalFailure if the input was no good to begin with, or the outcome is told already
     */
    Attempt begin() throws FinalFailure {
        Attempt attempt;
        synchronized (this) {
            if (settled) {
                throw new FinalFailure("timed out before it began");
            }
            attempts++;
            attempt = new Attempt(attempts);
            last = attempt;
            drop();
        }
        if (input.problem() != null) {
            attempt.end();
            throw new FinalFailure(input.problem());
        }
        return attempt;
    }

    /** How often the handler was called; 0 for a job that never ran. */
    synchronized int attempts() {
        return attempts;
    }

    /** When the handler was called last, in milliseconds since 1970; 0 for a job that never ran. */
    synchronized long start() {
        return last == null ? 0 : last.start;
    }

    /** How long its last call took, or has taken by now, waiting excluded; 0 for a job that never ran. */
    synchronized long nanos() {
        return last == null ? 0 : last.nanos();
    }

    /**
     * The outcome is told: there is no further attempt.
     *
     * @param atRest whether the action waits until no handler runs any more
     * @param action what is to follow
     */
    void settle(boolean atRest, Runnable action) {
        synchronized (this) {
            settled = true;
            if (atRest && last != null && !last.ended) {
                onRest = action;
                return;
            }
        }
        action.run();
    }

    /** What the last attempt left, once; null if there is nothing. What it leaves from now on is dropped. */
    synchronized Result takeLeft() {
        Result result = left;
        left = null;
        this.taken = true;
        return result;
    }

    /** Nobody wants what the attempts leave. */
    synchronized void discard() {
        taken = true;
        drop();
    }

    /** Whether this is the first call. */
    synchronized boolean countOnce() {
        boolean first = !counted;
        counted = true;
        return first;
    }

    private synchronized void drop() {
        if (left != null) {
            left.close();
            left = null;
        }
    }

    /** One call of the handler. */
    final class Attempt {
        private final int number;
        private final long start = System.currentTimeMillis();
        private final long began = System.nanoTime();
        private long nanos;
        private boolean ended;

        private Attempt(int number) {
            this.number = number;
        }

        /** Which one it is: 1 is the first. */
        int number() {
            return number;
        }

        /** Leaves something to report, however the attempt is going to end. */
        void leave(Result result) {
            synchronized (Job.this) {
                if (this == last && !taken) {
                    drop();
                    left = result;
                    return;
                }
            }
            result.close();
        }

        /** The handler is about to return, and nothing that it started runs any more. */
        void end() {
            Runnable action;
            synchronized (Job.this) {
                nanos = System.nanoTime() - began;
                ended = true;
                action = onRest;
                onRest = () -> {};
            }
            action.run();
        }

        long nanos() {
            synchronized (Job.this) {
                return ended ? nanos : System.nanoTime() - began;
            }
        }
    }
}
