package dev.workpool.cluster.internal.session;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.wire.WireMessage;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * Sends blocks of bytes in frames, no more at a time than the other end has room for: what is beyond waits here until
 * frames before it are acknowledged. Thread-safe; guarded by this.
 */
public final class FrameSender {
    /** Artery's queue for large messages has 256 places, and loses what is beyond. */
    private static final int MOST_FRAMES = 128;

    private final long session;
    private final ActorRef<WireMessage> receiver;
    private final int frameBytes;
    private final long windowBytes;

    private final Queue<byte[]> waiting = new ArrayDeque<>();

    /** Where the first of them goes on. */
    private int from;

    /** Sizes of frames that are under way, the oldest first. */
    private final Queue<Integer> unacknowledged = new ArrayDeque<>();

    private long underWay;
    private long sent;
    private long acknowledged;
    private boolean closed;

    /**
     * Has sent nothing yet.
     *
     * @param session of the frames
     * @param receiver gets them
     * @param frameBytes how large one is at most
     * @param windowBytes how many bytes may be under way
     */
    public FrameSender(long session, ActorRef<WireMessage> receiver, int frameBytes, long windowBytes) {
        this.session = session;
        this.receiver = receiver;
        this.frameBytes = frameBytes;
        this.windowBytes = windowBytes;
    }

    /** Sends a block, now or when there is room. */
    public synchronized void send(byte[] block) {
        if (!closed) {
            waiting.add(block);
            proceed();
        }
    }

    /** So many frames have been taken in all. */
    public synchronized void acknowledged(long frames) {
        while (acknowledged < frames && !unacknowledged.isEmpty()) {
            underWay -= unacknowledged.remove();
            acknowledged++;
        }
        proceed();
    }

    /** How many bytes of jobs make a block that mostly fits into a frame with all that is beside them. */
    public int bytesOfABlock() {
        return frameBytes / 8 * 7;
    }

    /** Whether something waits for room, so that nothing more should be made. */
    public synchronized boolean isFull() {
        return !waiting.isEmpty() || !hasRoom();
    }

    /** Whether everything has been taken. */
    public synchronized boolean isDone() {
        return waiting.isEmpty() && unacknowledged.isEmpty();
    }

    /** How many frames have been sent in all. */
    public synchronized long frames() {
        return sent;
    }

    /** Sends nothing more. */
    public synchronized void close() {
        closed = true;
        waiting.clear();
        unacknowledged.clear();
    }

    private boolean hasRoom() {
        return underWay < windowBytes && unacknowledged.size() < MOST_FRAMES;
    }

    private void proceed() {
        while (!waiting.isEmpty() && hasRoom()) {
            byte[] block = waiting.peek();
            int size = Math.min(frameBytes, block.length - from);
            boolean last = from + size == block.length;
            byte[] bytes = size == block.length ? block : Arrays.copyOfRange(block, from, from + size);
            from += size;
            if (last) {
                waiting.remove();
                from = 0;
            }
            unacknowledged.add(size);
            underWay += size;
            receiver.tell(new WireMessage.Frame(session, ++sent, last, bytes));
        }
    }
}
