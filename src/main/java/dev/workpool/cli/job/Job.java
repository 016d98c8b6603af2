package dev.workpool.cli.job;

/**
 * One job of a run: an input, and what became of its attempts so far. Thread-safe: the pool may tell an outcome while a handler that has run out of
 * time is still returning.
 */
public final class Job {
    private final Input input;
    private final long position;
    private final String operation;
    private int attempts;
    private Attempt last;
    private Result left;
    private boolean taken;
    private Runnable onTaken = () -> {};
    private boolean counted;
    private boolean cutShort;

    /**
     * A job that has not run.
     *
     * @param position how many jobs of the run come before it
     */
    public Job(Input input, long position) {
        this(input, position, null);
    }

    /**
     * A job that is done in a way of its own.
     *
     * @param operation what is done, as the command line's option says it; null if it is the same for all jobs
     */
    public Job(Input input, long position, String operation) {
        this.input = input;
        this.position = position;
        this.operation = operation;
    }

    /** How many jobs of the run come before it. */
    public long position() {
        return position;
    }

    public Input input() {
        return input;
    }

    /** What is done, as the command line's option says it; null if it is the same for all jobs. */
    public String operation() {
        return operation;
    }

    /**
     * The handler begins. What an attempt before left is dropped: only the last one shows.
     *
     * @throws FinalFailure if the input was no good to begin with
     */
    public Attempt begin() throws FinalFailure {
        Attempt attempt;
        synchronized (this) {
            attempts++;
            attempt = new Attempt(attempts, System.currentTimeMillis());
            last = attempt;
            drop();
        }
        if (input.problem() != null) {
            attempt.end();
            throw new FinalFailure(input.problem());
        }
        return attempt;
    }

    /**
     * An attempt in another process has ended.
     *
     * @param start when it began, in milliseconds since 1970
     * @param nanos how long it took
     * @param result what it left; null if it left nothing
     */
    public void attempted(long start, long nanos, Result result) {
        Attempt attempt;
        synchronized (this) {
            attempts++;
            attempt = new Attempt(attempts, start);
            attempt.nanos = nanos;
            attempt.ended = true;
            last = attempt;
            drop();
        }
        if (result != null) {
            attempt.leave(result);
        }
    }

    /** How often the handler was called; 0 for a job that never ran. */
    public synchronized int attempts() {
        return attempts;
    }

    /** Tells how often handlers were called in all processes, now that it has ended. */
    public synchronized void attemptsInAll(int number) {
        attempts = number;
    }

    /** When the handler was called last, in milliseconds since 1970; 0 for a job that never ran. */
    public synchronized long start() {
        return last == null ? 0 : last.start;
    }

    /** How long its last call took, or has taken by now, waiting excluded; 0 for a job that never ran. */
    public synchronized long nanos() {
        return last == null ? 0 : last.nanos();
    }

    /** What the last attempt left, once; null if there is nothing. What it leaves from now on is dropped. */
    public Result takeLeft() {
        Result result;
        Runnable action;
        synchronized (this) {
            result = left;
            left = null;
            taken = true;
            action = onTaken;
        }
        action.run();
        return result;
    }

    /** What is to happen once nobody wants any more of what the attempts leave; at once if that is so. */
    public void whenTaken(Runnable action) {
        boolean late;
        synchronized (this) {
            onTaken = action;
            late = taken;
        }
        if (late) {
            action.run();
        }
    }

    /** Nobody wants what the attempts leave. */
    public synchronized void discard() {
        taken = true;
        drop();
    }

    /** Whether this is the first call. */
    synchronized boolean countOnce() {
        boolean first = !counted;
        counted = true;
        return first;
    }

    /** It would have been tried again, had the run not been halted: it has not come to an end of its own. */
    public synchronized void cutShort() {
        cutShort = true;
    }

    synchronized boolean isCutShort() {
        return cutShort;
    }

    private synchronized void drop() {
        if (left != null) {
            left.close();
            left = null;
        }
    }

    /** One call of the handler. */
    public final class Attempt {
        private final int number;
        private final long start;
        private final long began = System.nanoTime();
        private long nanos;
        private boolean ended;

        private Attempt(int number, long start) {
            this.number = number;
            this.start = start;
        }

        /** Which one it is: 1 is the first. */
        public int number() {
            return number;
        }

        /** Leaves something to report, however the attempt is going to end. */
        public void leave(Result result) {
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
        public void end() {
            synchronized (Job.this) {
                nanos = System.nanoTime() - began;
                ended = true;
            }
        }

        public long nanos() {
            synchronized (Job.this) {
                return ended ? nanos : System.nanoTime() - began;
            }
        }
    }
}
