package dev.workpool.internal.stream;

import dev.workpool.internal.collector.Outcomes;
import java.util.HashMap;
import java.util.Map;

/**
 * Hands outcomes on in the order of their jobs. The outcomes that wait for an earlier one are bounded by the window of
 * the stream.
 */
final class ReorderBuffer<R> implements OutcomeSink<R> {
    private final OutcomeSink<R> outcomeSink;

    /** By the index of the first job. Each job comes once, so whoever is next is the first of his run. */
    private final Map<Long, Run<R>> waiting = new HashMap<>();

    private long next;

    private record Run<R>(Object[] jobs, Outcomes<R> outcomes) {}

    ReorderBuffer(OutcomeSink<R> outcomeSink) {
        this.outcomeSink = outcomeSink;
    }

    @Override
    public void put(long first, Object[] jobs, Outcomes<R> outcomes) {
        if (first != next) {
            waiting.put(first, new Run<>(jobs, outcomes));
            return;
        }
        pass(jobs, outcomes);
        while (!waiting.isEmpty()) {
            Run<R> run = waiting.remove(next);
            if (run == null) {
                return;
            }
            pass(run.jobs, run.outcomes);
        }
    }

    private void pass(Object[] jobs, Outcomes<R> outcomes) {
        outcomeSink.put(next, jobs, outcomes);
        next += outcomes.size();
    }
}
