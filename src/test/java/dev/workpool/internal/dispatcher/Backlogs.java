package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.slice.StopReason;
import java.util.ArrayList;
import java.util.List;

/** What takes the dispatcher several messages, done at once. */
public final class Backlogs {
    private Backlogs() {}

    public static <J, R> void stop(Backlog<J, R> backlog, Submission submission, StopReason reason) {
        LongWork.finish(backlog.stop(backlog.find(submission), reason));
    }

    static <J, R> void queueRetries(Backlog<J, R> backlog, long nowNs) {
        LongWork.finish(steps -> backlog.queueRetries(nowNs, steps));
    }

    static <J, R> List<Submission> takeLate(Backlog<J, R> backlog, long nowNs) {
        List<Submission> late = new ArrayList<>();
        OpenBatch<J, R> next;
        while ((next = backlog.deadlines().late(nowNs)) != null) {
            backlog.deadlines().completed(next);
            late.add(next.submission());
        }
        return late;
    }
}
