package dev.workpool.actor;

import java.util.ArrayList;
import java.util.List;

/** When batches have to be over, those that have to. Of the dispatcher's thread. */
final class Deadlines<J, R> {
    private final Timeline<BatchSubmission<J, R>> batches = new Timeline<>();

    void accepted(BatchSubmission<J, R> batch, long nowNs) {
        batch.options().timeout().ifPresent(timeout -> batches.add(batch, nowNs + timeout.toNanos()));
    }

    void completed(BatchSubmission<J, R> batch) {
        if (batch.options().timeout().isPresent()) {
            batches.removeIf(each -> each == batch, each -> {});
        }
    }

    /** Those whose time is over, which are not told again. */
    List<BatchSubmission<J, R>> takeLate(long nowNs) {
        List<BatchSubmission<J, R>> late = new ArrayList<>();
        batches.takeDue(nowNs, late::add);
        return late;
    }

    long nextDueNs() {
        return batches.nextDueNs();
    }
}
