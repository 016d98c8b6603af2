package dev.workpool.durable.internal.segment;

import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.durable.internal.segment.StoredOutcome.Kind;
import dev.workpool.durable.job.StoredFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many outcomes in one block of bytes, in the order of their indices. */
public final class OutcomeBlock {
    private static final int HAS_VALUE = 1 << 4;
    private static final int COMPRESS_FROM = 4_096;

    private OutcomeBlock() {}

    public static byte[] write(List<StoredOutcome> outcomes) {
        ByteWriter block = new ByteWriter(16 + 8 * outcomes.size());
        long before = 0;
        for (StoredOutcome outcome : outcomes) {
            boolean hasValue = outcome.value() != null;
            block.putByte(outcome.kind().code() | (hasValue ? HAS_VALUE : 0));
            block.putNumber(outcome.index() - before);
            before = outcome.index();
            block.putNumber(outcome.attempts());
            switch (outcome.kind()) {
                case SUCCEEDED -> {
                    if (hasValue) {
                        block.putBlock(outcome.value());
                    }
                }
                case FAILED -> {
                    block.putText(outcome.error().type());
                    block.putText(outcome.error().getMessage());
                    block.putText(outcome.error().original());
                }
                case TIMED_OUT -> block.putNumber(outcome.timeout().toNanos());
                case CANCELLED -> {}
            }
        }
        return Compression.pack(block, COMPRESS_FROM);
    }

    /**
     * Reads a block.
     *
     * @throws DamagedBlock if it is none
     */
    public static List<StoredOutcome> read(byte[] bytes) {
        ByteReader block = Compression.unpack(bytes);
        List<StoredOutcome> outcomes = new ArrayList<>();
        long index = 0;
        while (!block.isAtEnd()) {
            int head = block.getByte();
            index += block.getNumber();
            int attempts = (int) block.getNumber();
            outcomes.add(
                    switch (Kind.of(head & ~HAS_VALUE)) {
                        case SUCCEEDED ->
                            StoredOutcome.succeeded(index, attempts, (head & HAS_VALUE) == 0 ? null : block.getBlock());
                        case FAILED -> StoredOutcome.failed(index, attempts, readError(block));
                        case TIMED_OUT -> StoredOutcome.timedOut(index, attempts, Duration.ofNanos(block.getNumber()));
                        case CANCELLED -> StoredOutcome.cancelled(index, attempts);
                    });
        }
        return outcomes;
    }

    private static StoredFailure readError(ByteReader block) {
        String type = block.getText();
        String typeAndMessage = block.getText();
        String message = typeAndMessage.length() > type.length() + 2 ? typeAndMessage.substring(type.length() + 2) : "";
        return new StoredFailure(type, message, block.getText());
    }
}
