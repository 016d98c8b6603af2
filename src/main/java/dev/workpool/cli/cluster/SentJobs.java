package dev.workpool.cli.cluster;

import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.LateFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.RemoteOperation;
import dev.workpool.cli.text.Names;
import dev.workpool.codec.JobCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The jobs of a run on their way to workers and back. Jobs are written; what workers report of them is read, and told to the job that it
 * is about, as if it had been done in this process. A report of a failure fails its job by an error of this process, so that retries go by
 * it. Thread-safe.
 */
final class SentJobs {
    static final String JOBS = "workpool-run-jobs";
    static final String REPORTS = "workpool-run-reports";

    /** How an attempt has ended, in a report. */
    static final byte DONE = 0;

    static final byte FAILED = 1;
    static final byte FAILED_FOR_GOOD = 2;
    static final byte LATE = 3;

    private final RemoteOperation operation;
    private final Optional<Duration> timeout;
    private final byte[] operationBytes;

    /** Those that are not over, by position. */
    private final Map<Long, Job> sent = new ConcurrentHashMap<>();

    /**
     * None yet.
     *
     * @param timeout how long an attempt may take
     */
    SentJobs(RemoteOperation operation, Optional<Duration> timeout) {
        this.operation = operation;
        this.timeout = timeout;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            operation.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory takes all
        }
        this.operationBytes = bytes.toByteArray();
    }

    JobCodec<Job> jobs() {
        return OneWayCodec.writing(JOBS, this::write);
    }

    JobCodec<Result> reports() {
        return OneWayCodec.reading(REPORTS, this::read);
    }

    private byte[] write(Job job) throws IOException {
        if (sent.putIfAbsent(job.position(), job) == null) {
            job.whenTaken(() -> sent.remove(job.position()));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(job.position());
        out.writeLong(timeout.map(Duration::toNanos).orElse(0L));
        out.writeInt(operationBytes.length);
        out.write(operationBytes);
        job.input().write(out);
        return bytes.toByteArray();
    }

    /** Gives no result: the job has it. */
    private Result read(byte[] bytes) throws IOException, JobFailure {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        Job job = sent.get(in.readLong());
        if (job == null) {
            throw new CancellationException("the job is over"); // which its outcome has been, so nobody sees this one
        }
        long start = in.readLong();
        long nanos = in.readLong();
        byte ending = in.readByte();
        String message = ending == FAILED || ending == FAILED_FOR_GOOD ? Names.read(in) : "";
        job.attempted(start, nanos, in.readBoolean() ? operation.readResult(in, job) : null);
        return switch (ending) {
            case DONE -> null;
            case FAILED -> throw new JobFailure(message);
            case FAILED_FOR_GOOD -> throw new FinalFailure(message);
            case LATE -> throw new LateFailure(timeout.orElseThrow());
            default -> throw new IOException("a report of kind " + ending + ", which a newer version may know");
        };
    }
}
