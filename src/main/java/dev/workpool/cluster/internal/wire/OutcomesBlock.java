package dev.workpool.cluster.internal.wire;

import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How neighbouring jobs of a batch ended, as bytes. Mostly all succeeded at the first attempt: then it has the lengths of
 * their results, and the results. Results and errors stay bytes until {@link Reader} is asked for them.
 */
public final class OutcomesBlock {
    private static final int RESULTS = 0;
    private static final int EACH = 1;
    private static final int ALIKE = 2;

    private static final int SUCCEEDED = 0;
    private static final int FAILED = 1;
    private static final int TIMED_OUT = 2;
    private static final int CANCELLED = 3;

    private OutcomesBlock() {}

    /** Turns results and errors of other nodes into objects. Calls users' code. */
    public interface Decoding {
        /** The result that has these bytes; what it throws fails the job. */
        Object result(byte[] bytes) throws Exception;

        Throwable error(byte[] bytes);
    }

    /**
     * Writes outcomes.
     *
     * @param batchId their batch
     * @param attempt at the jobs
     * @param first index of the first job
     * @param outcomes of which results are bytes
     */
    public static byte[] write(long batchId, int attempt, long first, Outcomes<byte[]> outcomes) {
        ByteWriter lengths = new ByteWriter(2 * outcomes.size() + 16);
        List<byte[]> bytes = new ArrayList<>(outcomes.size());
        boolean areResults = areResults(outcomes);
        for (int i = 0; i < outcomes.size(); i++) {
            if (areResults) {
                putResult(lengths, bytes, resultOf(outcomes.packedOutcome(i)));
            } else {
                put(lengths, bytes, outcomes.get(i));
            }
        }
        ByteWriter block = header(batchId, attempt, first, outcomes.size(), areResults ? RESULTS : EACH);
        block.putAll(lengths);
        return block.toBytes(bytes);
    }

    /** How many bytes the result of a job has; 0 if it has none. */
    public static int resultBytes(Outcomes<byte[]> outcomes, int position) {
        Object element = outcomes.packedOutcome(position);
        byte[] result = PackedOutcome.<byte[]>outcome(element) instanceof Outcome.Succeeded<byte[]> success
                ? success.value()
                : null;
        return result == null ? 0 : result.length;
    }

    /** Writes the outcome that many jobs have, which is not a success. */
    public static byte[] writeAlike(long batchId, int attempt, long first, long count, Outcome<byte[]> outcome) {
        ByteWriter block = header(batchId, attempt, first, count, ALIKE);
        List<byte[]> bytes = new ArrayList<>(1);
        put(block, bytes, outcome);
        return block.toBytes(bytes);
    }

    private static ByteWriter header(long batchId, int attempt, long first, long count, int form) {
        ByteWriter block = new ByteWriter(64);
        block.putNumber(batchId);
        block.putNumber(attempt);
        block.putNumber(first);
        block.putNumber(count);
        block.putByte(form);
        return block;
    }

    private static boolean areResults(Outcomes<byte[]> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.packedOutcome(i) instanceof PackedOutcome packed
                    && !(packed.outcome() instanceof Outcome.Succeeded<?> success && success.attempts() == 1)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] resultOf(Object element) {
        Outcome<byte[]> outcome = PackedOutcome.outcome(element);
        return ((Outcome.Succeeded<byte[]>) outcome).value();
    }

    private static void putResult(ByteWriter lengths, List<byte[]> bytes, byte[] result) {
        lengths.putNumber(result == null ? 0 : result.length + 1L);
        if (result != null) {
            bytes.add(result);
        }
    }

    private static void put(ByteWriter head, List<byte[]> bytes, Outcome<byte[]> outcome) {
        if (outcome instanceof Outcome.Succeeded<byte[]> success) {
            head.putByte(SUCCEEDED);
            head.putNumber(success.attempts());
            putResult(head, bytes, success.value());
        } else if (outcome instanceof Outcome.Failed<byte[]> failed) {
            head.putByte(FAILED);
            head.putNumber(failed.attempts());
            byte[] error = failed.error() instanceof EncodedFailure encoded
                    ? encoded.bytes()
                    : ErrorBytes.write(failed.error());
            head.putNumber(error.length);
            bytes.add(error);
        } else if (outcome instanceof Outcome.TimedOut<byte[]> timedOut) {
            head.putByte(TIMED_OUT);
            head.putNumber(timedOut.attempts());
            head.putNumber(timedOut.timeout().toNanos());
        } else {
            head.putByte(CANCELLED);
            head.putNumber(outcome.attempts());
        }
    }

    /** Reads a block, in two steps: what it is about, and what it says. Not thread-safe. */
    public static final class Reader {
        private final byte[] block;
        private final ByteReader in;
        private final long batchId;
        private final int attempt;
        private final long first;
        private final long count;
        private final int form;

        /** What all jobs are alike in. */
        private final int kind;

        private final int attempts;

        /**
         * Reads what it is about.
         *
         * @throws DamagedBlock if it is none
         */
        public Reader(byte[] block) {
            this.block = block;
            this.in = new ByteReader(block);
            this.batchId = in.getNumber(0, Long.MAX_VALUE);
            this.attempt = getInt(in);
            this.first = in.getNumber(0, Long.MAX_VALUE);
            this.count = in.getNumber(0, Long.MAX_VALUE - first);
            this.form = in.getByte();
            if (form > ALIKE) {
                throw new DamagedBlock("outcomes of form " + form);
            } else if (form != ALIKE && count > block.length) {
                throw new DamagedBlock(count + " outcomes in " + block.length + " bytes");
            }
            this.kind = form == ALIKE ? in.getByte() : -1;
            this.attempts = form == ALIKE ? getInt(in) : -1;
        }

        public long batchId() {
            return batchId;
        }

        public int attempt() {
            return attempt;
        }

        public long first() {
            return first;
        }

        public long count() {
            return count;
        }

        /** How many bytes it has. */
        public int size() {
            return block.length;
        }

        /** Whether its jobs were settled without having begun at this attempt. */
        public boolean isUnstarted() {
            return (kind == CANCELLED || kind == TIMED_OUT) && attempts == attempt - 1;
        }

        /** Whether all jobs have the same outcome, which is {@link #outcome}. */
        public boolean isAlike() {
            return form == ALIKE;
        }

        /** The outcome of all jobs. */
        public <R> Outcome<R> outcome(Decoding decoding) {
            long number = getNumber(kind);
            return PackedOutcome.outcome(element(kind, attempts, number, getBytes(kind, number), decoding));
        }

        /** The outcomes of the jobs, as {@link PackedOutcome}. */
        public Object[] outcomes(Decoding decoding) {
            int size = (int) count;
            byte[] kinds = new byte[size];
            int[] attemptsOfEach = new int[size];
            long[] numbers = new long[size];
            for (int i = 0; i < size; i++) {
                kinds[i] = (byte) (form == RESULTS ? SUCCEEDED : in.getByte());
                attemptsOfEach[i] = form == RESULTS ? 1 : getInt(in);
                numbers[i] = getNumber(kinds[i]);
            }
            Object[] elements = new Object[size];
            for (int i = 0; i < size; i++) {
                byte[] bytes = getBytes(kinds[i], numbers[i]);
                elements[i] = element(kinds[i], attemptsOfEach[i], numbers[i], bytes, decoding);
            }
            return elements;
        }

        private static int getInt(ByteReader in) {
            return (int) in.getNumber(0, Integer.MAX_VALUE);
        }

        /** How long a time-out was, or how many bytes a result or an error has. */
        private long getNumber(int kind) {
            return switch (kind) {
                case SUCCEEDED -> in.getNumber(0, block.length + 1L); // one more, since 0 is null
                case FAILED -> in.getNumber(0, block.length);
                case TIMED_OUT -> in.getNumber(0, Long.MAX_VALUE);
                case CANCELLED -> 0;
                default -> throw new DamagedBlock("an outcome of kind " + kind);
            };
        }

        private byte[] getBytes(int kind, long number) {
            if (kind == FAILED) {
                return in.getBytes((int) number);
            }
            return kind == SUCCEEDED && number > 0 ? in.getBytes((int) (number - 1)) : null;
        }

        private static Object element(int kind, int attempts, long number, byte[] bytes, Decoding decoding) {
            return switch (kind) {
                case SUCCEEDED -> success(attempts, bytes, decoding);
                case FAILED -> PackedOutcome.of(new Outcome.Failed<>(decoding.error(bytes), attempts));
                case TIMED_OUT -> PackedOutcome.of(new Outcome.TimedOut<>(Duration.ofNanos(number), attempts));
                case CANCELLED -> PackedOutcome.of(new Outcome.Cancelled<>(attempts));
                default -> throw new DamagedBlock("an outcome of kind " + kind);
            };
        }

        private static Object success(int attempts, byte[] bytes, Decoding decoding) {
            Object value;
            try {
                value = bytes == null ? null : decoding.result(bytes);
            } catch (Throwable t) {
                return PackedOutcome.of(new Outcome.Failed<>(t, attempts));
            }
            return attempts == 1
                    ? PackedOutcome.result(value)
                    : PackedOutcome.of(new Outcome.Succeeded<>(value, attempts));
        }
    }
}
