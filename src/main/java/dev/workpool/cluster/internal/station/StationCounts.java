package dev.workpool.cluster.internal.station;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;

/** Counts the jobs of all fleets at a station. Written by the station's thread; what is published may be read by any. */
final class StationCounts {
    private final PublishedNumbers<OfDispatcher> published;
    private final Counts counts = new Counts();
    private long accepted;

    StationCounts(PublishedNumbers<OfDispatcher> published) {
        this.published = published;
    }

    void accepted(long jobs) {
        accepted += jobs;
    }

    void wentBack(long jobs) {
        accepted -= jobs;
    }

    void ended(Outcomes<byte[]> outcomes) {
        if (outcomes.allSucceeded()) {
            counts.addSuccesses(outcomes.size());
        } else {
            for (int i = 0; i < outcomes.size(); i++) {
                counts.add(outcomes.packedOutcome(i));
            }
        }
    }

    void ended(Outcome<byte[]> outcome, int jobs) {
        counts.add(PackedOutcome.of(outcome), jobs);
    }

    void publish() {
        BatchProgress progress = counts.progress(accepted);
        published.begin();
        published.set(OfDispatcher.ACCEPTED, accepted);
        published.set(OfDispatcher.SUCCEEDED, progress.succeeded());
        published.set(OfDispatcher.FAILED, progress.failed());
        published.set(OfDispatcher.TIMED_OUT, progress.timedOut());
        published.set(OfDispatcher.CANCELLED, progress.cancelled());
        published.end();
    }
}
