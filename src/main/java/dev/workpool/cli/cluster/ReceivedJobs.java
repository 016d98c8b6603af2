package dev.workpool.cli.cluster;

import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.RemoteOperation;
import dev.workpool.cli.text.Names;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Does jobs of runs in other processes, and reports how they went. A failure is a report as well, with what the job leaves. What is
 * cancelled has no report. Thread-safe.
 */
public final class ReceivedJobs {
    /** So many are remembered. Each run has one, and there are hardly so many runs at a time. */
    private static final int MOST_OPERATIONS = 100;

    private final WorkerPoolSettings settings;

    /** Those that were used last, by their bytes. Guarded by itself. */
    private final Map<ByteBuffer, RemoteOperation> operations = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, RemoteOperation> eldest) {
            return size() > MOST_OPERATIONS;
        }
    };

    /**
     * None yet.
     *
     * @param settings those that the user has chosen for this process
     */
    public ReceivedJobs(WorkerPoolSettings settings) {
        this.settings = settings;
    }

    public JobCodec<byte[]> jobs() {
        return OneWayCodec.reading(SentJobs.JOBS, bytes -> bytes);
    }

    public JobCodec<byte[]> reports() {
        return OneWayCodec.writing(SentJobs.REPORTS, bytes -> bytes);
    }

    /** Does a job, and returns the report. Blocks. */
    public byte[] run(byte[] bytes, JobContext context) throws Exception {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        long position = in.readLong();
        long timeoutNanos = in.readLong();
        byte[] operationBytes = new byte[in.readInt()];
        in.readFully(operationBytes);
        RemoteOperation operation = operation(operationBytes);
        Job job = new Job(Input.read(in), position);

        TimeLimit limit = new TimeLimit(timeoutNanos);
        Result result = null;
        Exception failure = null;
        boolean exceeded;
        try {
            result = operation.run(job, context);
        } catch (Exception e) {
            failure = e;
        } finally {
            exceeded = limit.end();
        }
        try (Result left = job.takeLeft()) {
            if (context.isCancelled() && failure != null) {
                throw failure;
            }
            return report(operation, job, failure, exceeded, left == null ? result : left);
        }
    }

    private RemoteOperation operation(byte[] bytes) throws IOException {
        ByteBuffer key = ByteBuffer.wrap(bytes);
        synchronized (operations) {
            RemoteOperation operation = operations.get(key);
            if (operation == null) {
                operation = RemoteOperation.read(new DataInputStream(new ByteArrayInputStream(bytes)));
                operation.settings(settings);
                operations.put(key, operation);
            }
            return operation;
        }
    }

    private static byte[] report(RemoteOperation operation, Job job, Exception failure, boolean exceeded, Result left)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(job.position());
        out.writeLong(job.start());
        out.writeLong(job.nanos());
        if (failure == null) {
            out.writeByte(SentJobs.DONE);
        } else if (exceeded) { // whatever it has become, the reason is that its time was over
            out.writeByte(SentJobs.LATE);
        } else {
            out.writeByte(failure instanceof FinalFailure ? SentJobs.FAILED_FOR_GOOD : SentJobs.FAILED);
            Names.write(out, Messages.why(failure));
        }
        out.writeBoolean(left != null);
        if (left != null) {
            operation.writeResult(out, left);
        }
        return bytes.toByteArray();
    }

    /** Ends at once whatever a second Ctrl-C must not leave behind. */
    public void kill() {
        synchronized (operations) {
            operations.values().forEach(RemoteOperation::kill);
        }
    }
}
