package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.codec.bytes.ByteWriter;

/**
 * Collects the outcomes of a session's jobs, so that they travel many in a message: for some milliseconds at most, or
 * until there are many bytes, or nothing is left to wait for. Of the station's thread.
 */
final class OutcomeReports {
    private static final int MANY_BYTES = 64 * 1024;

    private final FrameSender frames;
    private final long patienceNs;
    private final ByteWriter blocks = new ByteWriter(4096);
    private int count;
    private long lastNs;

    /**
     * Nothing to report.
     *
     * @param frames takes reports
     * @param patienceNs how long an outcome waits for others at most
     * @param nowNs the time
     */
    OutcomeReports(FrameSender frames, long patienceNs, long nowNs) {
        this.frames = frames;
        this.patienceNs = patienceNs;
        this.lastNs = nowNs - patienceNs;
    }

    void add(byte[] outcomes) {
        blocks.putBlock(outcomes);
        count++;
    }

    boolean isEmpty() {
        return count == 0;
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
        if (count > 0 && (isLast || blocks.size() >= MANY_BYTES || nowNs - dueNs() >= 0)) {
            ByteWriter report = new ByteWriter(blocks.size() + 8);
            report.putNumber(count);
            report.putAll(blocks);
            frames.send(report.toBytes());
            blocks.clear();
            count = 0;
            lastNs = nowNs;
        }
    }
}
