package dev.workpool.cluster.internal.fleet;

import dev.workpool.cluster.internal.wire.ErrorBytes;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.collector.Verdict;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Decodes the outcomes that a node has reported, and tells the collectors of their batches, on a thread that may run
 * users' code: codecs, and conditions of retry policies. Thread-safe.
 */
final class OutcomeReader<R> implements OutcomesBlock.Decoding {
    private final JobCodec<R> codec;
    private final int version;
    private final String node;
    private final Executor executor;

    /**
     * Reads what one node reports.
     *
     * @param codec of results
     * @param version in which they are encoded
     * @param node its address
     * @param callbacks runs users' code
     */
    OutcomeReader(JobCodec<R> codec, int version, String node, Executor callbacks) {
        this.codec = codec;
        this.version = version;
        this.node = node;
        this.executor = new SerialExecutor(callbacks);
    }

    /**
     * Outcomes that were reported and are wanted.
     *
     * @param block has them
     * @param wanted the jobs that were out, in order
     */
    record Report<R>(OutcomesBlock.Reader block, List<Slice<R>> wanted) {}

    /**
     * Reads outcomes, after those before.
     *
     * @param reports what to read
     * @param onRead run afterwards, on the same thread
     */
    void read(List<Report<R>> reports, Runnable onRead) {
        executor.execute(() -> {
            try {
                reports.forEach(this::read);
            } finally {
                onRead.run();
            }
        });
    }

    private void read(Report<R> report) {
        try {
            if (report.block.isAlike()) {
                Outcome<R> outcome = report.block.outcome(this);
                report.wanted.forEach(slice -> tell(slice, outcome));
            } else {
                Object[] elements = report.block.outcomes(this);
                report.wanted.forEach(slice -> tell(slice, report.block.first(), elements));
            }
        } catch (Throwable t) { // the bytes are damaged, or there is no memory for them
            report.wanted.forEach(slice -> tell(slice, new Outcome.Failed<>(t, slice.attempt())));
        }
    }

    private static <R> void tell(Slice<R> slice, Outcome<R> outcome) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), outcome));
    }

    private static <R> void tell(Slice<R> slice, long first, Object[] elements) {
        RetryPolicy asked = slice.batch().policy().asked();
        Verdict[] verdicts = null;
        boolean allSucceeded = true;
        int from = (int) (slice.first() - first);
        for (int i = from; i < from + slice.size(); i++) {
            if (elements[i] instanceof PackedOutcome packed) {
                allSucceeded &= packed.outcome() instanceof Outcome.Succeeded;
                if (asked != null && packed.outcome() instanceof Outcome.Failed<?> failed) {
                    verdicts = verdicts == null ? new Verdict[elements.length] : verdicts;
                    verdicts[i] = Verdict.of(asked, failed);
                }
            }
        }
        Outcomes<R> all = new Outcomes<>(elements, elements.length, allSucceeded, verdicts);
        Outcomes<R> part = slice.size() == elements.length ? all : all.part(from, from + slice.size());
        slice.batch().collector().tell(new Collector.Ended<>(slice.first(), part));
    }

    @Override
    public Object result(byte[] bytes) throws Exception {
        return codec.decode(version, bytes);
    }

    @Override
    public Throwable error(byte[] bytes) {
        return ErrorBytes.read(bytes, node);
    }
}
