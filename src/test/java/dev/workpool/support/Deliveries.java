package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Processing;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A consumer that writes down what it gets without any lock, and notices if it is called by two threads at a time or after its stream
 * was complete.
 */
public class Deliveries<J, R> implements OutcomeConsumer<J, R> {
    private final List<J> jobs = new ArrayList<>();
    private final List<Outcome<R>> outcomes = new ArrayList<>();
    private final Set<String> threads = new HashSet<>();
    private final AtomicBoolean inside = new AtomicBoolean();
    private volatile int count;
    private volatile boolean complete;
    private volatile String wrong;

    @Override
    public void accept(J job, Outcome<R> outcome) throws Exception {
        if (!inside.compareAndSet(false, true)) {
            wrong = "called by two threads at a time";
        }
        if (complete) {
            wrong = "called after the result was complete";
        }
        jobs.add(job);
        outcomes.add(outcome);
        threads.add(Thread.currentThread().getName());
        count = jobs.size();
        try {
            onOutcome(job, outcome);
        } finally {
            inside.set(false);
        }
    }

    /** What else the consumer does. */
    protected void onOutcome(J job, Outcome<R> outcome) throws Exception {}

    /** How many have come so far. */
    public int count() {
        return count;
    }

    /** Waits for the end of a stream, and checks that all of it has come; gives what it has failed with, or null. */
    public Throwable await(Processing stream) throws Exception {
        Throwable error = PoolTest.get(stream.result().handle((counts, problem) -> {
            complete = true;
            return problem;
        }));
        assertThat(wrong).isNull();
        assertThat(stream.progress().pending()).as("%s", stream.progress()).isZero();
        return error;
    }

    /** Waits for the good end of a stream; gives its counts. */
    public BatchProgress awaitSuccess(Processing stream) throws Exception {
        assertThat(await(stream)).isNull();
        BatchProgress counts = PoolTest.get(stream.result());
        assertThat(counts).isEqualTo(stream.progress());
        assertThat((long) jobs.size()).isEqualTo(counts.total());
        return counts;
    }

    /** The jobs as they came. To be looked at when the stream is complete, as all below. */
    public List<J> jobs() {
        return jobs;
    }

    public List<Outcome<R>> outcomes() {
        return outcomes;
    }

    public Outcome<R> outcome(J job) {
        assertThat(jobs).containsOnlyOnce(job);
        return outcomes.get(jobs.indexOf(job));
    }

    /** Names of the threads that called. */
    public Set<String> threads() {
        return threads;
    }

    public String wrong() {
        return wrong;
    }
}
