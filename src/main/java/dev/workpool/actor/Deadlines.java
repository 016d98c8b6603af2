package dev.workpool.actor;

import java.util.ArrayList;
import java.util.List;

/** When batches have to be over, those that have to. Of the dispatcher's thread. */
final class Deadlines {
    private final Timeline<Submission> batches = new Timeline<>();

    void accepted(Submission batch, long nowNs) {
        batch.options().timeout().ifPresent(timeout -> batches.add(batch, nowNs + timeout.toNanos()));
    }

    void completed(Submission batch) {
        if (batch.options().timeout().isPresent()) {
            batches.removeIf(each -> each == batch, each -> {});
        }
    }

    /** Those whose time is over, which are not told again. */
    List<Submission> takeLate(long nowNs) {
        List<Submission> late = new ArrayList<>();
        batches.takeDue(nowNs, late::add);
        return late;
    }

    long nextDueNs() {
        return batches.nextDueNs();
    }
}
