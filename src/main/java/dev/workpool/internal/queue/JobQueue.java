package dev.workpool.internal.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Orders the jobs that are accepted and not granted, batch by batch: the highest priority first, and within it the
 * batches in turns by weight. Confined to the dispatcher's thread.
 *
 * <p>So that none starves, a priority that waits ages: for each interval since jobs of it were handed out, or since it
 * had none, it counts one higher. Of two that count the same the one that has waited longer is next. So a priority
 * waits at most for as many intervals as the highest is above it, and then once for each of the others.
 *
 * @param <S> what jobs are handed out as
 */
public final class JobQueue<S> {

    /**
     * A batch's jobs.
     *
     * @param <S> what jobs are handed out as
     */
    public interface Source<S> extends StrideScheduler.Source<S> {
        /** Higher goes first; does not change. Of few different values, as each is looked at for each turn. */
        int priority();
    }

    private static final class Level<S> {
        private final int priority;
        private final StrideScheduler<S> sources = new StrideScheduler<>();

        /** When it was last served, or was no longer empty. */
        private long waitsSinceNs;

        Level(int priority) {
            this.priority = priority;
        }
    }

    private final long ageingNs;

    /** The highest first. One that is empty stays, as it is likely to be used again. */
    private final List<Level<S>> levels = new ArrayList<>();

    /**
     * An empty queue.
     *
     * @param ageingNs after how long a priority that waits counts one higher; 0 for never
     */
    public JobQueue(long ageingNs) {
        this.ageingNs = ageingNs;
    }

    /**
     * Adds a source that is not in the queue and has jobs.
     *
     * @param source where the jobs come from
     * @param nowNs the time, from any origin
     */
    public void add(Source<S> source, long nowNs) {
        Level<S> level = level(source.priority());
        if (level.sources.isEmpty()) {
            level.waitsSinceNs = nowNs;
        }
        level.sources.add(source);
    }

    private Level<S> level(int priority) {
        int i = 0;
        while (i < levels.size() && levels.get(i).priority > priority) {
            i++;
        }
        if (i == levels.size() || levels.get(i).priority != priority) {
            levels.add(i, new Level<>(priority));
        }
        return levels.get(i);
    }

    /** The sum of the weights of the sources of a priority. */
    public long weights(int priority) {
        return level(priority).sources.weights();
    }

    /** Removes a source, if it is in the queue. */
    public void remove(Source<S> source) {
        level(source.priority()).sources.remove(source);
    }

    /**
     * The next jobs of the batch whose turn it is. What is wanted is shared among the batches of its priority by
     * weight.
     *
     * @param wanted how many jobs, 1 or more
     * @param turn the least share of it, 1 or more
     * @param nowNs the time, from any origin
     * @return what the source gave, or null if there is nothing to hand out
     */
    public S next(long wanted, int turn, long nowNs) {
        Level<S> level;
        while ((level = first(nowNs)) != null) {
            S taken = level.sources.next(wanted, turn);
            if (taken != null) {
                level.waitsSinceNs = nowNs;
                return taken;
            }
        }
        return null;
    }

    private Level<S> first(long nowNs) {
        Level<S> first = null;
        for (int i = 0; i < levels.size(); i++) {
            Level<S> level = levels.get(i);
            if (!level.sources.isEmpty() && (first == null || overtakes(level, first, nowNs))) {
                first = level;
            }
        }
        return first;
    }

    private boolean overtakes(Level<S> lower, Level<S> higher, long nowNs) {
        // Where both count the same, the lower one has waited longer.
        return ageingNs > 0 && counts(lower, nowNs) >= counts(higher, nowNs);
    }

    private long counts(Level<S> level, long nowNs) {
        return level.priority + (nowNs - level.waitsSinceNs) / ageingNs;
    }
}
