package dev.workpool.internal.request;

import dev.workpool.internal.util.Steps;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.RateLimit;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request to a pool from outside its actors. Each is answered exactly once, whether the pool is open, closing or
 * gone.
 */
public interface Request<J, R> {

    /**
     * Answers a request that comes when the pool is gone.
     *
     * @param closed what is to be said about it
     */
    void refuse(Closed closed);

    /**
     * Called when it is certain that this will be {@linkplain #refuse refused}, so that whoever has made it knows at
     * once. Repeating it has no effect.
     */
    default void refusing() {}

    /**
     * What it takes to handle this, besides what may be done in parts.
     *
     * @return see {@link Steps}
     */
    default int steps() {
        return 32;
    }

    /**
     * The last state of a pool that has ended.
     *
     * @param reason why it takes no jobs, for a person
     * @param lastStats its last statistics
     */
    record Closed(String reason, PoolStats lastStats) {}

    /**
     * Asks for statistics.
     *
     * @param receiver gets them; called on an actor's thread
     */
    record Stats<J, R>(Consumer<PoolStats> receiver) implements Request<J, R> {
        @Override
        public void refuse(Closed closed) {
            receiver.accept(closed.lastStats());
        }
    }

    /**
     * Has a warning written, if one was written within the last second then after that.
     *
     * @param write writes it; may block, and run users' code
     */
    record Warning<J, R>(Runnable write) implements Request<J, R> {
        @Override
        public int steps() {
            return 1;
        }

        @Override
        public void refuse(Closed closed) {
            write.run();
        }
    }

    /** Changes how the pool runs. It says nothing to whoever asked, and is harmless when the pool is gone. */
    sealed interface Adjust<J, R> extends Request<J, R> {
        @Override
        default void refuse(Closed closed) {
            // There is nothing left to change.
        }
    }

    /**
     * Changes how many workers there are.
     *
     * @param workers 1 or more
     */
    record Resize<J, R>(int workers) implements Adjust<J, R> {}

    /**
     * Changes the rate limit.
     *
     * @param limit the new one; empty for none
     */
    record Limit<J, R>(Optional<RateLimit> limit) implements Adjust<J, R> {}

    /**
     * Starts no more jobs.
     *
     * @param heard called when there is no place any more for what would have started at once
     */
    record Pause<J, R>(Runnable heard) implements Adjust<J, R> {}

    /** Ends a pause. */
    record Resume<J, R>() implements Adjust<J, R> {}

    /**
     * Starts no more jobs for a time, because a downstream service is overloaded.
     *
     * @param ns for how long, from when the pool hears of it: 0 or more
     * @param heard called when there is no place any more for what would have started at once
     */
    record SlowDown<J, R>(long ns, Runnable heard) implements Adjust<J, R> {}

    /** From now on no time passes: jobs that wait for a time are cancelled. For a pool that is about to be closed. */
    record NoMoreTime<J, R>() implements Adjust<J, R> {}

    /** The grace of handlers that were told to stop is over: those that run on are abandoned. */
    record GraceIsOver<J, R>() implements Adjust<J, R> {}

    /**
     * Ends the pool.
     *
     * @param how in which way
     * @param onEnd run when the pool has ended; must not be users' code
     */
    record End<J, R>(How how, Runnable onEnd) implements Request<J, R> {
        /** How a pool ends. */
        public enum How {
            /** Finish what was accepted. */
            DRAIN,
            /** Finish what can be finished within the settings' close-timeout, cancel the rest. */
            CLOSE,
            /** Cancel what was accepted. */
            ABORT
        }

        @Override
        public void refuse(Closed closed) {
            onEnd.run();
        }
    }
}
