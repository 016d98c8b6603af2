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

    private final FrameSender frames;
    private final long patienceNs;
    private final List<byte[]> blocks = new ArrayList<>();

    /** How many bytes they have together, with what is beside each. */
    private long bytes;

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
        if (!blocks.isEmpty() && bytes + outcomes.length > MANY_BYTES) {
            send(); // so that a report is no larger than many bytes, or one block
        }
        blocks.add(outcomes);
        bytes += outcomes.length + MOST_OF_A_NUMBER;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
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
