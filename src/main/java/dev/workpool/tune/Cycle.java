package dev.workpool.tune;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;

/**
 * Repeats jobs endlessly. Every round goes on where the previous one stopped, so that each meets all kinds of jobs. One
 * thread at a time uses it.
 */
final class Cycle<J> {
    private final Iterable<? extends J> jobs;
    private Iterator<? extends J> lap;

    /**
     * A cycle.
     *
     * @throws IllegalArgumentException if there are no jobs
     */
    Cycle(Iterable<? extends J> jobs) {
        this.jobs = jobs;
        this.lap = jobs.iterator();
        if (!lap.hasNext()) {
            throw new IllegalArgumentException("jobs to tune with: none; allowed: 1 or more");
        }
    }

    /** The jobs from here on, for as long as a condition holds. */
    Iterator<J> during(BooleanSupplier condition) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return condition.getAsBoolean();
            }

            @Override
            public J next() {
                if (!lap.hasNext()) {
                    lap = jobs.iterator();
                }
                if (!lap.hasNext()) {
                    throw new NoSuchElementException("the jobs to tune with can be iterated only once");
                }
                return lap.next();
            }
        };
    }
}
