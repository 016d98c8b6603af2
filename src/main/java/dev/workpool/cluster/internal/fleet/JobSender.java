package dev.workpool.cluster.internal.fleet;

import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.internal.worker.JobCarrier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Encodes the jobs of a session and sends them, as far as there is room, on a thread that may run users' code. The
 * fleet's thread adds jobs; what the two share is guarded by this.
 */
final class JobSender<J, R> {
    /** Is told of a job that cannot be sent. Thread-safe. */
    @FunctionalInterface
    interface Refusals<R> {
        void refuse(Slice<R> job, String reason);
    }

    private final FrameSender frames;
    private final JobCodec<J> codec;
    private final int maxJobBytes;
    private final String limitedBy;
    private final Executor executor;
    private final LongSupplier clock;
    private final Refusals<R> refusals;

    private record Granted<R>(long grant, long weights, Slice<R> slice) {}

    private final Deque<Granted<R>> waiting = new ArrayDeque<>();
    private boolean encoding;
    private boolean closed;

    /** Of the encoding thread, of which there is one at a time. */
    private final JobsBlock.Writer writer = new JobsBlock.Writer();

    JobSender(
            FrameSender frames,
            JobCodec<J> codec,
            int maxJobBytes,
            String limitedBy,
            Executor callbacks,
            LongSupplier clock,
            Refusals<R> refusals) {
        this.frames = frames;
        this.codec = codec;
        this.maxJobBytes = maxJobBytes;
        this.limitedBy = limitedBy;
        this.executor = new SerialExecutor(callbacks);
        this.clock = clock;
        this.refusals = refusals;
    }

    /** Sends jobs, after those before. */
    void add(long grant, long weights, Slice<R> slice) {
        synchronized (this) {
            waiting.add(new Granted<>(grant, weights, slice));
        }
        encodeSoon();
    }

    /** Frames have been taken, which makes room. */
    void acknowledged(long acknowledged) {
        frames.acknowledged(acknowledged);
        encodeSoon();
    }

    long frames() {
        return frames.frames();
    }

    /**
     * Sends nothing more.
     *
     * @return what has not been sent, and so has not begun; that which is being encoded is not among it
     */
    List<Slice<R>> close() {
        frames.close();
        synchronized (this) {
            closed = true;
            return takeWaiting();
        }
    }

    /** What has not been sent is not to be sent any more, but for that which is being encoded. */
    synchronized List<Slice<R>> takeWaiting() {
        List<Slice<R>> unsent = waiting.stream().map(Granted::slice).toList();
        waiting.clear();
        return unsent;
    }

    private void encodeSoon() {
        synchronized (this) {
            if (encoding || waiting.isEmpty()) {
                return;
            }
            encoding = true;
        }
        executor.execute(this::encodeAll);
    }

    private void encodeAll() {
        Granted<R> next;
        while ((next = next()) != null) {
            encode(next);
        }
    }

    private synchronized Granted<R> next() {
        Granted<R> next = closed || frames.isFull() ? null : waiting.poll();
        encoding = next != null;
        return next;
    }

    private void encode(Granted<R> granted) {
        Slice<R> slice = granted.slice;
        int from = 0;
        for (int i = 0; i < slice.size(); i++) {
            byte[] bytes = encode(slice, i);
            if (bytes != null
                    && bytes.length >= frames.bytesOfABlock()) { // goes by itself: a node may not have room for it
                send(granted, from);
                from = i;
            }
            if (bytes != null) {
                writer.add(bytes);
            }
            if (bytes == null || writer.size() >= frames.bytesOfABlock()) {
                send(granted, from);
                from = i + 1;
                if (from < slice.size() && frames.isFull()) {
                    putBack(new Granted<>(granted.grant, granted.weights, slice.part(from, slice.size())));
                    return;
                }
            }
        }
        send(granted, from);
    }

    private synchronized void putBack(Granted<R> rest) {
        if (!closed) {
            waiting.addFirst(rest);
        }
    }

    private void send(Granted<R> granted, int from) {
        Slice<R> slice = granted.slice;
        if (writer.jobs() > 0) {
            frames.send(writer.toBytes(
                    granted.grant,
                    granted.weights,
                    slice.batch().id(),
                    slice.attempt(),
                    slice.first() + from,
                    slice.batch().policy(),
                    slice.batch().label(),
                    clock.getAsLong()));
        }
    }

    /** Null for a job that cannot be sent, and has its outcome. */
    @SuppressWarnings("unchecked") // a pool of J has no other jobs
    private byte[] encode(Slice<R> slice, int position) {
        String problem;
        try {
            byte[] bytes = codec.encode(JobCarrier.unpacked((J) slice.jobs()[slice.from() + position]));
            if (bytes != null && bytes.length <= maxJobBytes) {
                return bytes;
            }
            problem = bytes == null
                    ? "was encoded as null by " + codec
                    : "has " + bytes.length + " bytes; allowed by " + limitedBy + ": up to " + maxJobBytes;
        } catch (Throwable t) {
            problem = "cannot be encoded by " + codec + ": " + words(t);
        }
        refusals.refuse(slice.part(position, position + 1), "job " + (slice.first() + position) + " " + problem);
        return null;
    }

    private static String words(Throwable error) {
        try {
            return error.toString();
        } catch (Throwable unreadable) {
            return error.getClass().getName();
        }
    }
}
