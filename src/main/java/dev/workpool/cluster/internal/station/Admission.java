package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.job.Outcome;

/**
 * Decides from the beginning of a block whether a station takes it in. A job that is too large fails at once. Jobs for which there is no room at
 * the moment go back to their fleet, as if they had been recalled. Of the station's thread.
 */
final class Admission {
    private final StationParts parts;
    private final int largestJob;

    Admission(StationParts parts) {
        this.parts = parts;
        this.largestJob = largestJob(parts);
    }

    /** How large a job may be here. */
    static int largestJob(StationParts parts) {
        return parts.intake().largest(parts.cluster().maxJobBytes());
    }

    /** A part of a block has come: if it is the beginning, the rest is expected or dropped. */
    void look(StationSession session) {
        byte[] beginning = session.received.beginning();
        JobsBlock.Head head = beginning == null ? null : JobsBlock.head(beginning);
        if (head == null) {
            return; // it is known already, or will be with the next part
        }
        if (!admits(session, head)) {
            session.received.skip();
            return;
        }
        try {
            session.received.expect((int) head.bytes());
        } catch (OutOfMemoryError e) { // others have filled the heap
            session.forgetArriving();
            session.received.skip();
            giveBack(session, head);
        }
    }

    /** Whether a block that has come is taken in. If not, nothing is left to do with it. */
    boolean takes(StationSession session, byte[] block) {
        if (session.isArriving() || (block.length <= largestJob && session.reserve(block.length))) {
            return true; // its beginning was looked at, or it is so small that its jobs are
        }
        JobsBlock.Head head = JobsBlock.head(block);
        return head == null || admits(session, head); // if it is damaged that is found out when it is read
    }

    private boolean admits(StationSession session, JobsBlock.Head head) {
        if (head.largest() <= largestJob && session.reserve(head.bytes())) {
            return true;
        }
        session.measure(head.bytes(), head.lengths().length);
        giveBack(session, head);
        return false;
    }

    /** Those that are too large have failed, and the others are not here. */
    private void giveBack(StationSession session, JobsBlock.Head head) {
        int from = 0;
        for (int i = 0; i < head.lengths().length; i++) {
            if (head.lengths()[i] > largestJob) {
                giveBack(session, head, from, i);
                fail(session, head, i);
                from = i + 1;
            }
        }
        giveBack(session, head, from, head.lengths().length);
    }

    private static void giveBack(StationSession session, JobsBlock.Head head, int from, int to) {
        if (from < to) {
            session.demanded = session.granted;
            session.tell(new FleetEvent.Returned(
                    head.batchId(), head.attempt(), head.first() + from, to - from, session.demanded));
        }
    }

    private void fail(StationSession session, JobsBlock.Head head, int position) {
        long index = head.first() + position;
        session.granted++;
        Outcome<byte[]> outcome = new Outcome.Failed<>(
                new IllegalArgumentException("job " + index + " has " + head.lengths()[position]
                        + " bytes; allowed by workpool.cluster.pools."
                        + parts.cluster().name() + ".max-job-bytes and the heap of the node that works: up to "
                        + largestJob),
                head.attempt());
        session.reports.add(OutcomesBlock.writeAlike(head.batchId(), head.attempt(), index, 1, outcome));
    }
}
