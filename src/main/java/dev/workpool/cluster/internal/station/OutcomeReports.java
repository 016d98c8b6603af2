package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.codec.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the outcomes of a session's jobs, so that they travel many in a message: for some milliseconds at most, or
 * until there are many bytes, or nothing is left to wait for. Of the station's thread.
 */
final class OutcomeReports {
    /** So many are not kept waiting. */
    static final int MANY_BYTES = 64 * 1024;

    private static final int MOST_OF_A_NUMBER = 10;

    /** Outcomes of jobs that take longer than this do not wait: a message takes little beside them. */
    private static final double LONG_JOB_NS = 5_000_000;

    /** So many reports are under way at a time, there and until they are acknowledged. */
    private static final int ON_THE_WAY = 16;

    private final FrameSender frames;
    private final long leastPatienceNs;
    private long patienceNs;
    private final List<byte[]> blocks = new ArrayList<>();

    /** How many bytes they have together, with what is beside each. */
    private long bytes;

    private long lastNs;

    /**
     * Nothing to report.
     *
     * @param frames takes reports
     * @param patienceNs how long an outcome waits for others at most, if the fleet is not far away
     * @param nowNs the time
     */
    OutcomeReports(FrameSender frames, long patienceNs, long nowNs) {
        this.frames = frames;
        this.leastPatienceNs = patienceNs;
        this.patienceNs = patienceNs;
        this.lastNs = nowNs - patienceNs;
    }

    void add(byte[] outcomes) {
        if (!blocks.isEmpty() && bytes + outcomes.length > MANY_BYTES) {
            send(); // so that a report is no larger than many bytes, or one block
        }
        blocks.add(outcomes);
        bytes += outcomes.length + MOST_OF_A_NUMBER;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** The fleet is so far away: a part of that is little beside it, and on the way is room for no more than so many frames. */
    void follow(long roundTripNs) {
        patienceNs = Math.max(leastPatienceNs, roundTripNs / ON_THE_WAY);
    }

    /** Whether it is worth to keep the outcome of a job waiting that took so long. */
    boolean areWorthWaiting(double costNs) {
        return costNs <= LONG_JOB_NS || patienceNs > leastPatienceNs;
    }

    /** When they are to be sent at the latest. */
    long dueNs() {
        return lastNs + patienceNs;
    }

    /**
     * Sends them, if it is time.
     *
     * @param isLast whether no others are expected
     * @param nowNs the time
     */
    void sendIfDue(boolean isLast, long nowNs) {
        if (!blocks.isEmpty() && (isLast || bytes >= MANY_BYTES || nowNs - dueNs() >= 0)) {
            send();
            lastNs = nowNs;
        }
    }

    private void send() {
        ByteWriter report = new ByteWriter((int) Math.min(Integer.MAX_VALUE - 8, bytes + MOST_OF_A_NUMBER));
        report.putNumber(blocks.size());
        blocks.forEach(report::putBlock);
        blocks.clear();
        bytes = 0;
        frames.send(report.toBytes());
    }
}
