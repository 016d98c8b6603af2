package dev.workpool.cli.operation;

import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.text.Names;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.Tuner;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes files, and shows the hashes just as GNU {@code sha256sum} does, which can therefore check them. */
public final class Sha256Operation implements RemoteOperation {
    /** The name that stands for standard input, for {@code sha256sum} as well. A file of that name is {@code ./-}. */
    public static final String STANDARD_INPUT = "-";

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final ThreadLocal<Hasher> hashers = ThreadLocal.withInitial(Hasher::new);

    /**
     * An operation that can hash standard input too.
     *
     * @param in standard input; null if something else reads it
     */
    public Sha256Operation(InputStream in) {
        this.in = in;
    }

    @Override
    public WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings, Halting halting) {
        return WorkerPool.start(system, settings, this::run);
    }

    @Override
    public Tuner<Job> tuner(Iterable<Job> jobs) {
        return Tuner.over(jobs, (Job job, JobContext context) -> run(job, context));
    }

    @Override
    public String asOption() {
        return "--sha256";
    }

    @Override
    public boolean takesFiles() {
        return true;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(SHA256);
    }

    @Override
    public void writeResult(DataOutput out, Result result) throws IOException {
        Names.write(out, ((Digest) result).hex());
    }

    @Override
    public Result readResult(DataInput in, Job job) throws IOException {
        return new Digest(Names.read(in));
    }

    @Override
    public Result run(Job job, JobContext context) throws Exception {
        Job.Attempt attempt = job.begin();
        try (ReadableByteChannel bytes = open(job.input(), attempt.number())) {
            return new Digest(hashers.get().hash(bytes));
        } finally {
            attempt.end();
        }
    }

    /** Opens a channel, rather than a stream: an interrupt ends reading of it. */
    private ReadableByteChannel open(Input input, int attempt) throws IOException, JobFailure {
        if (input.path() != null) {
            return open(input.path());
        }
        if (in == null) {
            throw new FinalFailure("standard input is where --input reads names from; a file of that name is ./-");
        }
        if (attempt > 1) {
            throw new FinalFailure("standard input can be read only once, and an attempt before has read of it");
        }
        return Channels.newChannel(in);
    }

    private static ReadableByteChannel open(Path path) throws IOException, JobFailure {
        try {
            return Files.newByteChannel(path);
        } catch (NoSuchFileException e) {
            if (Programs.isOne(path)) {
                throw new JobFailure("no such file or folder; to run it as a command: --exec '" + path + " {}'");
            }
            throw e;
        }
    }

    /** What a thread needs to hash one file after another. */
    private static final class Hasher {
        private final MessageDigest digest = sha256();
        private final byte[] buffer = new byte[BUFFER];

        String hash(ReadableByteChannel bytes) throws IOException {
            digest.reset();
            ByteBuffer piece = ByteBuffer.wrap(buffer);
            for (int n = bytes.read(piece); n >= 0; n = bytes.read(piece.clear())) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    /** A file's hash in hexadecimal digits. */
    private record Digest(String hex) implements Result {
        @Override
        public void writeText(String input, Sink out) throws IOException {
            if (input.indexOf('\\') < 0 && input.indexOf('\n') < 0 && input.indexOf('\r') < 0) {
                out.write(hex + "  " + input + "\n");
                return;
            }
            String name = input.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
            out.write("\\" + hex + "  " + name + "\n");
        }

        @Override
        public void writeFields(JsonGenerator json) throws IOException {
            json.writeStringField("sha256", hex);
        }
    }
}
