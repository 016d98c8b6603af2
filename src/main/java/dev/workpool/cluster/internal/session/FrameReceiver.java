package dev.workpool.cluster.internal.session;

import dev.workpool.cluster.internal.wire.WireMessage.Frame;
import dev.workpool.codec.bytes.DamagedBlock;
import java.util.Arrays;

/**
 * Puts the blocks of bytes together that a {@link FrameSender} cut into frames, up to a size. Whoever finds out from the beginning of a block how
 * large it will be can {@link #expect} or {@link #skip} it. Of one thread.
 */
public final class FrameReceiver {
    /** What has been taken is acknowledged when it is this part of the window, or so many frames. */
    private static final int WINDOW_PART = 8;

    private static final int MOST_FRAMES = 16;

    private static final byte[] NONE = {};

    private final long acknowledgedAfterBytes;
    private final long mostBytes;

    /** A block that is not complete, and how much of it there is. */
    private byte[] parts = NONE;

    private int size;
    private boolean expected;
    private boolean skipping;

    private long received;
    private long lastNs;

    private long taken;
    private long acknowledged;
    private long bytesSince;

    /**
     * Nothing has come.
     *
     * @param windowBytes how many bytes may be under way to here
     * @param mostBytes how large a block may be
     */
    public FrameReceiver(long windowBytes, long mostBytes) {
        this.acknowledgedAfterBytes = windowBytes / WINDOW_PART;
        this.mostBytes = mostBytes;
    }

    /**
     * A frame has come.
     *
     * @param frame the next
     * @param nowNs the time
     * @return a block, if one is complete; else null
     * @throws Gap if one before it has not come
     * @throws DamagedBlock if the block is too large
     */
    public byte[] receive(Frame frame, long nowNs) throws Gap {
        if (frame.number() != received + 1) {
            throw new Gap("frame", received + 1, frame.number());
        }
        received = frame.number();
        lastNs = nowNs;
        if (skipping) {
            skipping = !frame.last();
            return null;
        } else if (frame.last() && size == 0) {
            return frame.bytes();
        }
        add(frame.bytes());
        if (!frame.last()) {
            return null;
        }
        byte[] block = size == parts.length ? parts : Arrays.copyOf(parts, size);
        forget();
        return block;
    }

    private void add(byte[] bytes) {
        long needed = (long) size + bytes.length;
        if (needed > mostBytes) {
            forget();
            throw new DamagedBlock("it has more than the " + mostBytes + " bytes that this node takes");
        }
        if (needed > parts.length) {
            parts = Arrays.copyOf(parts, (int) Math.min(mostBytes, Math.max(needed, parts.length + parts.length / 2L)));
        }
        System.arraycopy(bytes, 0, parts, size, bytes.length);
        size += bytes.length;
    }

    private void forget() {
        parts = NONE;
        size = 0;
        expected = false;
    }

    /** The beginning of a block of which it is not known how large it will be; null if there is none. */
    public byte[] beginning() {
        return size == 0 || expected ? null : Arrays.copyOf(parts, size);
    }

    /** The block will have so many bytes, for which there is memory. */
    public void expect(int bytes) {
        parts = Arrays.copyOf(parts, Math.max(bytes, size));
        expected = true;
    }

    /** The block is not wanted: what is still to come of it counts as received, and is dropped. */
    public void skip() {
        forget();
        skipping = true;
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
