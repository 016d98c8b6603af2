package dev.workpool.fuzz;

import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The consumer of a batch: takes down what it is called with, and then misbehaves. */
final class Consumed implements OutcomeConsumer<Job, Job.Result> {
    private final Submitted owner;
    private final long seed;
    private final AtomicReferenceArray<Outcome<Job.Result>> outcomes;
    private final AtomicBoolean inside = new AtomicBoolean();
    private volatile boolean complete;

    Consumed(Submitted owner, int size, long seed) {
        this.owner = owner;
        this.seed = seed;
        this.outcomes = new AtomicReferenceArray<>(size);
    }

    @Override
    public void accept(Job job, Outcome<Job.Result> outcome) {
        int index = job.index;
        owner.model.onCallback("consumer of a batch");
        owner.checkContext("consumer");
        if (!inside.compareAndSet(false, true)) {
            owner.find("a consumer is called by two threads at a time", owner.text());
        }
        try {
            if (complete) {
                owner.find("a consumer is called after the result", owner.text());
            }
            if (job.owner != owner) {
                owner.find("a consumer is called with another's job", job.text() + ": " + owner.text());
            } else if (!outcomes.compareAndSet(index, null, outcome)) {
                owner.find("a consumer is called twice for a job", index + ": " + owner.text());
            }
            new BadCallback(owner.model, seed + index).run(owner);
        } finally {
            inside.set(false);
        }
    }

    /** To be called when the result is there. */
    void complete() {
        complete = true;
    }

    /** Whether it has had the outcome that the result has, of each job. */
    void check(int index, Outcome<?> outcome) {
        Outcome<?> had = outcomes.get(index);
        if (had == null) {
            owner.find(
                    outcome instanceof Outcome.Rejected
                            ? "a consumer is not called for a job that is rejected"
                            : "a consumer is not called for a job",
                    index + ", " + Submitted.outcomeText(outcome) + ": " + owner.text());
        } else if (had.getClass() != outcome.getClass() || had.attempts() != outcome.attempts()) {
            owner.find(
                    "a consumer had another outcome than the result",
                    Submitted.outcomeText(had) + ", " + Submitted.outcomeText(outcome) + ": " + owner.text());
        }
    }
}
