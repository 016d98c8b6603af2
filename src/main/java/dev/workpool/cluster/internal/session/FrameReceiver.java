package dev.workpool.cluster.internal.session;

import dev.workpool.cluster.internal.wire.WireMessage.Frame;
import dev.workpool.codec.bytes.ByteWriter;

/** Puts the blocks of bytes together that a {@link FrameSender} cut into frames. Of one thread. */
public final class FrameReceiver {
    /** What has been taken is acknowledged when it is this part of the window, or so many frames. */
    private static final int WINDOW_PART = 8;

    private static final int MOST_FRAMES = 16;

    private final long acknowledgedAfterBytes;
    private final ByteWriter parts = new ByteWriter(0);
    private long received;
    private long lastNs;

    private long taken;
    private long acknowledged;
    private long bytesSince;

    public FrameReceiver(long windowBytes) {
        this.acknowledgedAfterBytes = windowBytes / WINDOW_PART;
    }

    /**
     * A frame has come.
     *
     * @param frame the next
     * @param nowNs the time
     * @return a block, if one is complete; else null
     * @throws Gap if one before it has not come
     */
    public byte[] receive(Frame frame, long nowNs) throws Gap {
        if (frame.number() != received + 1) {
            throw new Gap("frame", received + 1, frame.number());
        }
        received = frame.number();
        lastNs = nowNs;
        if (frame.last() && parts.size() == 0) {
            return frame.bytes();
        }
        parts.putBytes(frame.bytes());
        if (!frame.last()) {
            return null;
        }
        byte[] block = parts.toBytes();
        parts.clear();
        return block;
    }

    /** How many frames have come. */
    public long frames() {
        return received;
    }

    /**
     * Whether frames that were sent have not come, nor any other for a time.
     *
     * @param sent how many the other end has sent, as it says
     * @param nowNs the time
     * @param patienceNs how long that may last
     */
    public boolean lacks(long sent, long nowNs, long patienceNs) {
        if (sent <= received) {
            lastNs = nowNs;
            return false;
        }
        return nowNs - lastNs > patienceNs;
    }

    /**
     * What has come up to a frame has been made use of.
     *
     * @param frames up to which
     * @param bytes how many these were since the last call
     * @return whether the other end should hear of it now
     */
    public boolean take(long frames, long bytes) {
        taken = frames;
        bytesSince += bytes;
        return bytesSince >= acknowledgedAfterBytes || taken - acknowledged >= MOST_FRAMES;
    }

    /** Whether there is something that the other end has not heard of. */
    public boolean owesAcknowledgement() {
        return taken > acknowledged;
    }

    /** How many frames to acknowledge, which counts as done. */
    public long acknowledge() {
        acknowledged = taken;
        bytesSince = 0;
        return taken;
    }
}
