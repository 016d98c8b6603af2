package dev.workpool.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

/** A batch for tests of queues: its jobs are the numbers from 0 on. */
final class Numbers implements JobQueue.Source<Taken> {
    final String name;
    private final StrideScheduler.Place<Taken> place = new StrideScheduler.Place<>(this);
    private final int jobs;
    private int priority;
    private int weight = 1;
    private int next;

    Numbers(String name, int jobs) {
        this.name = name;
        this.jobs = jobs;
    }

    Numbers withPriority(int priority) {
        this.priority = priority;
        return this;
    }

    Numbers withWeight(int weight) {
        this.weight = weight;
        return this;
    }

    @Override
    public StrideScheduler.Place<Taken> place() {
        return place;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public long queued() {
        return (long) jobs - next;
    }

    @Override
    public Taken take(int max) {
        assertThat(max).isPositive();
        assertThat(queued()).isPositive();
        int count = Math.min(max, jobs - next);
        next += count;
        return new Taken(name, next - count, count);
    }
}
