package dev.workpool.internal.limit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;

/**
 * A model of workers that all wait for one server, in a time that only the model moves on: the server works at so many jobs at a
 * time, and the others stand in a queue. A worker that is done begins the next job at once.
 */
final class Downstream {
    static final long MS = 1_000_000;

    private record Job(long begunNs, long endNs, long number) {}

    private final PriorityQueue<Job> served = new PriorityQueue<>((one, other) ->
            one.endNs == other.endNs ? Long.compare(one.number, other.number) : Long.compare(one.endNs, other.endNs));

    /** When each of those that wait was begun by its worker. */
    private final Queue<Long> queue = new ArrayDeque<>();

    private final Random random = new Random(7);
    private final ConcurrencyLimit concurrencyLimit;
    private long numbers;

    long nowNs = 1;

    /** How many jobs the server works at. */
    int capacity;

    /** How long it is at one, and by which part of that it may be more or less. */
    long serviceNs = 20 * MS;

    double spread;

    /** The most workers that are busy at a time, whatever the limit says. */
    int load = Integer.MAX_VALUE;

    /** Jobs that were done, and the numbers of workers there were. */
    long done;

    final List<Integer> numbersOfWorkers = new ArrayList<>();

    Downstream(int capacity, int least, int most, int first) {
        this.capacity = capacity;
        this.concurrencyLimit = new AdaptiveLimit(least, most, first, () -> nowNs);
    }

    ConcurrencyLimit concurrencyLimit() {
        return concurrencyLimit;
    }

    int workers() {
        return concurrencyLimit.workers();
    }

    /** Lets so much time pass; says how many jobs were done. */
    long pass(long ns) {
        long untilNs = nowNs + ns;
        long before = done;
        numbersOfWorkers.clear();
        begin();
        while (!served.isEmpty() && served.element().endNs <= untilNs) {
            Job job = served.remove();
            nowNs = job.endNs;
            boolean allBusy = served.size() + 1 + queue.size() >= concurrencyLimit.workers();
            done++;
            concurrencyLimit.ended(1, nowNs - job.begunNs, true, allBusy);
            begin();
        }
        nowNs = untilNs;
        return done - before;
    }

    private void begin() {
        while (served.size() + queue.size() < Math.min(load, concurrencyLimit.workers())) {
            queue.add(nowNs);
        }
        while (served.size() < capacity && !queue.isEmpty()) {
            double part = 1 + spread * (2 * random.nextDouble() - 1);
            served.add(new Job(queue.remove(), nowNs + (long) (serviceNs * part), numbers++));
        }
        numbersOfWorkers.add(concurrencyLimit.workers());
    }

    int fewest() {
        return numbersOfWorkers.stream().mapToInt(it -> it).min().orElseThrow();
    }

    int most() {
        return numbersOfWorkers.stream().mapToInt(it -> it).max().orElseThrow();
    }
}
