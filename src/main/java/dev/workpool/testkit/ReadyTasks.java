package dev.workpool.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/** Tasks that could run now, in the order in which they came or in one that a seed decides. Thread-safe. */
final class ReadyTasks {
    private final Queue<Runnable> inOrder = new ArrayDeque<>();
    private final List<Runnable> shuffled = new ArrayList<>();

    /** Null if tasks come in order. */
    private SplittableRandom random;

    /** From now on the seed decides; tasks that are there already come first. */
    synchronized void shuffle(long seed) {
        random = new SplittableRandom(seed);
    }

    synchronized void add(Runnable task) {
        if (random == null) {
            inOrder.add(task);
        } else {
            shuffled.add(task);
        }
    }

    synchronized boolean isEmpty() {
        return inOrder.isEmpty() && shuffled.isEmpty();
    }

    /**
     * Takes what is to run next.
     *
     * @param others what could run instead: after the tasks, or as the seed decides
     * @return null if there is nothing
     */
    synchronized Runnable take(List<Runnable> others) {
        if (!inOrder.isEmpty()) {
            return inOrder.remove();
        } else if (shuffled.isEmpty() && others.isEmpty()) {
            return null;
        }
        int chosen = random == null ? 0 : random.nextInt(shuffled.size() + others.size());
        if (chosen >= shuffled.size()) {
            return others.get(chosen - shuffled.size());
        }
        Runnable task = shuffled.get(chosen);
        Runnable last = shuffled.remove(shuffled.size() - 1);
        if (chosen < shuffled.size()) {
            shuffled.set(chosen, last);
        }
        return task;
    }
}
