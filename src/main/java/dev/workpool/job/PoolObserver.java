package dev.workpool.job;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Is told what happens in a pool. Set by {@code withObserver} of the pool's settings, or of a batch's options: then it
 * is told what concerns that batch, namely {@link #onBatchAccepted}, {@link #onBatchEnded} and {@link #onProblem}.
 *
 * <p>An observer is called on the callback executor, one call at a time, in the order in which things happened, and a
 * moment after them. It may block: that delays its own calls, and keeps a thread of the callback dispatcher, of which
 * there are 16 by default. Up to 1 024 events wait for it; what comes then is dropped and counted ({@link #onDropped}).
 * What it throws is logged the first time and otherwise ignored. One that watches several pools or batches may be
 * called for each of them at the same time.
 */
public interface PoolObserver {

    /**
     * The pool has started.
     *
     * @param pool its name
     * @param workers how many workers it has at first
     */
    default void onStart(String pool, int workers) {}

    /**
     * A batch or a stream was accepted. Not told of jobs that are submitted by themselves
     * without options, nor of batches without jobs.
     *
     * @param batch which
     * @param jobs how many jobs it has; empty for a stream, which does not know
     */
    default void onBatchAccepted(BatchInfo batch, OptionalLong jobs) {}

    /**
     * Every job of a batch or a stream has its outcome.
     *
     * @param batch which
     * @param counts how its jobs ended
     * @param took the time since it was accepted
     */
    default void onBatchEnded(BatchInfo batch, BatchProgress counts, Duration took) {}

    /**
     * Something did not go as it should. At most 100 problems are told in a second; those beyond are counted in {@link
     * PoolProblem#omitted} of the next. Jobs that are submitted after the end of the pool are rejected, and not told.
     *
     * @param problem what
     */
    default void onProblem(PoolProblem problem) {}

    /** Why the workers of a pool change. */
    enum WorkersChange {
        /** Somebody has asked for another number. */
        RESIZED,
        /** The limit has adapted to what the jobs' latency says. */
        ADAPTED,
        /** A worker was replaced: its handler was abandoned, or its actor has stopped. Their number is the same. */
        REPLACED
    }

    /**
     * The workers have changed.
     *
     * @param pool the pool's name
     * @param before how many there were to be
     * @param now how many there are to be
     * @param why what has changed them
     */
    default void onWorkers(String pool, int before, int now, WorkersChange why) {}

    /** What has become of a node of a pool over a cluster. */
    enum NodeChange {
        /** It works for the pool from now on. */
        JOINED,
        /** It is about to leave, and gets no more jobs. */
        LEAVING,
        /** The pool has no session with it any more: it has left, or was lost. What it had goes to others. */
        GONE,
        /** It does not work for the pool: it speaks another version, or has other codecs. */
        REFUSED
    }

    /**
     * A node of a pool over a cluster has come or gone.
     *
     * @param pool the pool's name
     * @param node the node's address
     * @param change what has become of it
     * @param reason why, for people; may be empty
     * @param jobs how many jobs of the pool go back from it, to run elsewhere
     */
    default void onNode(String pool, String node, NodeChange change, String reason, long jobs) {}

    /**
     * The pool was paused, or goes on after a pause.
     *
     * @param pool its name
     * @param paused false if it goes on
     */
    default void onPaused(String pool, boolean paused) {}

    /**
     * A job has asked that no job begins for a time.
     *
     * @param pool the pool's name
     * @param duration for how long
     */
    default void onSlowedDown(String pool, Duration duration) {}

    /**
     * Events came faster than this observer took them.
     *
     * @param pool the pool's name
     * @param events how many were dropped just now
     */
    default void onDropped(String pool, long events) {}

    /**
     * The pool has ended; the last call of all.
     *
     * @param last its last statistics
     */
    default void onEnd(PoolSnapshot last) {}
}
