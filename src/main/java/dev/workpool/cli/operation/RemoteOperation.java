package dev.workpool.cli.operation;

import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.text.Names;
import dev.workpool.job.JobContext;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** An operation that another process can do: it, and what its jobs have to report, can be written and read. */
public sealed interface RemoteOperation extends Operation permits Sha256Operation, ExecOperation, GetOperation {

    /** Its kinds, by the byte that stands for each. */
    byte SHA256 = 0;

    byte EXEC = 1;
    byte GET = 2;

    /**
     * Does it for one job, on the calling thread, until it is done or the thread is interrupted.
     *
     * @return what there is to report; null if the job has it
     */
    Result run(Job job, JobContext context) throws Exception;

    /** Writes what it is. */
    void write(DataOutput out) throws IOException;

    /** Writes what a job of its has to report. */
    void writeResult(DataOutput out, Result result) throws IOException;

    /** Reads what a job of its has to report. */
    Result readResult(DataInput in, Job job) throws IOException;

    /** Reads what {@link #write} wrote. */
    static RemoteOperation read(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case SHA256 -> new Sha256Operation(null);
            case EXEC -> new ExecOperation(new ShellCommand(Names.read(in), Names.read(in), in.readInt(), ""), false);
            case GET -> new GetOperation();
            default -> throw new IOException("an operation of kind " + kind + ", which a newer version may know");
        };
    }
}
