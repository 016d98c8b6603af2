package dev.workpool.cli.queue.work;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import dev.workpool.codec.JobCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Writes commands for the store, and reads them. Names are bytes, and none of them is lost. Thread-safe. */
public final class CommandCodec implements JobCodec<QueuedCommand> {
    /** By this name a queue is known to be one of commands. */
    public static final String NAME = "workpool-command";

    private static final int VERSION = 1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public byte[] encode(QueuedCommand value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Names.write(out, value.command());
        out.writeInt(value.values());
        Names.write(out, value.options());
        value.job().input().write(out);
        return bytes.toByteArray();
    }

    @Override
    public QueuedCommand decode(int version, byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        // Who adds to a queue does not know what others have added, nor do those who work on it.
        return QueuedCommand.of(
                Names.read(in), in.readInt(), Names.read(in), Input.read(in).withOccurrence(0));
    }

    @Override
    public String toString() {
        return "JobCodec(" + NAME + ")";
    }
}
