package dev.workpool.actor;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/**
 * The jobs that are accepted and not granted, batch by batch. Batches take turns. Of the dispatcher's thread.
 *
 * @param <S> what jobs are handed out as
 */
final class JobQueue<S> {

    /**
     * Where jobs come from.
     *
     * @param <S> what jobs are handed out as
     */
    interface Source<S> {
        /** Jobs that are left. */
        long queued();

        /** The next jobs: 1 to {@code max} of them. Only called while there are some. */
        S take(int max);
    }

    private final ArrayDeque<Source<S>> turns = new ArrayDeque<>();

    /** Adds a source that is not in the queue and has jobs. */
    void add(Source<S> source) {
        turns.addLast(source);
    }

    void remove(Predicate<Source<S>> which) {
        turns.removeIf(which);
    }

    /**
     * The next jobs of the batch whose turn it is. What is wanted is shared among the batches.
     *
     * @param wanted how many jobs, 1 or more
     * @return what the source gave, or null if there is nothing to hand out
     */
    S next(long wanted) {
        while (!turns.isEmpty()) {
            Source<S> source = turns.removeFirst();
            if (source.queued() > 0) {
                long share = Math.max(1, wanted / (turns.size() + 1));
                S taken = source.take((int) Math.min(Math.min(share, source.queued()), Integer.MAX_VALUE));
                if (source.queued() > 0) {
                    turns.addLast(source);
                }
                return taken;
            }
        }
        return null;
    }
}
