package dev.workpool.cli.operation;

import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Spool;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.text.NameReader;
import dev.workpool.cli.text.Names;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.Tuner;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a shell command for each input. What it writes comes out in one piece; its exit status decides. */
public final class ExecOperation implements RemoteOperation {
    private static final int PIECE = 1 << 16;
    private static final long MAX_PAUSE_MILLIS = 20;
    private static final int SPINS = 30;
    private static final Duration KILL_MARGIN = Duration.ofSeconds(3);
    private static final long SIGNAL_LAG_MILLIS = 150;

    /** Stands for the status of a command that was ended. */
    private static final int NO_STATUS = -1;

    private final ShellCommand command;
    private final boolean tag;
    private final Spool.Budget memory;
    private final ThreadLocal<byte[]> pieces;
    private final Set<Process> running;
    private volatile Duration killAfter = Duration.ZERO;

    /** Where lines go while their command runs; null if they wait for its end. Set before the first job. */
    private volatile LineOutput lines;

    /**
     * An operation that runs a command.
     *
     * @param tag whether each line of output begins with the input
     */
    public ExecOperation(ShellCommand command, boolean tag) {
        this.command = command;
        this.tag = tag;
        this.memory = new Spool.Budget(Runtime.getRuntime().maxMemory() / 8);
        this.pieces = ThreadLocal.withInitial(() -> new byte[PIECE]);
        this.running = ConcurrentHashMap.newKeySet();
    }

    private ExecOperation(ShellCommand command, ExecOperation other) {
        this.command = command;
        this.tag = other.tag;
        this.memory = other.memory;
        this.pieces = other.pieces;
        this.running = other.running;
        this.killAfter = other.killAfter;
        this.lines = other.lines;
    }

    /** The same for another command. The two share their memory, and what ends the commands of one ends those of the other. */
    public ExecOperation with(ShellCommand other) {
        return new ExecOperation(other, this);
    }

    @Override
    public WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings, Halting halting) {
        return WorkerPool.start(system, settings(settings), halting.guard(this::run));
    }

    /** What the commands write is read, as it has to be, and dropped. */
    @Override
    public Tuner<Job> tuner(Iterable<Job> jobs) {
        return Tuner.over(jobs, (Job job, JobContext context) -> {
            try {
                return run(job, context);
            } finally {
                job.discard();
            }
        });
    }

    /** The handler itself ends its command within the grace time, and must not be abandoned over that. */
    @Override
    public WorkerPoolSettings settings(WorkerPoolSettings chosen) {
        killAfter = chosen.cancelGrace();
        return withKillMargin(chosen);
    }

    /** The settings of workers that may get commands, made of those that the user has chosen. */
    public static WorkerPoolSettings withKillMargin(WorkerPoolSettings chosen) {
        return chosen.withCancelGrace(chosen.cancelGrace().plus(KILL_MARGIN));
    }

    @Override
    public String asOption() {
        return command.asOption();
    }

    /** Fewer than others: a job costs milliseconds, and what it wrote is kept until it is its turn. */
    @Override
    public int window(int workers) {
        return Math.max(100, 4 * workers);
    }

    @Override
    public boolean leavesNothing() {
        return true;
    }

    /** When it begins, both ends of four pipes and its input; later fewer. */
    @Override
    public int openFiles() {
        return 9;
    }

    @Override
    public void showLinesOn(LineOutput output) {
        lines = output;
    }

    @Override
    public void kill() {
        running.forEach(process -> new ProcessTree(process.toHandle()).kill());
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(EXEC);
        Names.write(out, command.text());
        Names.write(out, command.shell());
        out.writeInt(command.values());
    }

    @Override
    public void writeResult(DataOutput out, Result result) throws IOException {
        Exit exit = (Exit) result;
        out.writeInt(exit.status().orElse(NO_STATUS));
        exit.out().write(out);
        exit.err().write(out);
    }

    @Override
    public Result readResult(DataInput in, Job job) throws IOException {
        int status = in.readInt();
        CommandOutput out = new CommandOutput(memory, tag ? job.input().text() : null);
        CommandOutput err = new CommandOutput(memory, tag ? job.input().text() : null);
        out.read(in);
        err.read(in);
        return new Exit(status == NO_STATUS ? OptionalInt.empty() : OptionalInt.of(status), out, err);
    }

    /** Gives no result: what a command leaves is shown also if it fails or times out. */
    @Override
    public Result run(Job job, JobContext context) throws Exception {
        Job.Attempt attempt = job.begin();
        try {
            int status = run(job, context, attempt);
            if (status != 0) {
                throw new JobFailure(describe(status));
            }
            return null;
        } finally {
            attempt.end();
        }
    }

    private int run(Job job, JobContext context, Job.Attempt attempt) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.forInput(job.input(), context.workerIndex() + 1))
                .redirectInput(new File("/dev/null"))
                .start();
        running.add(process);
        CommandOutput out = new CommandOutput(memory, tag ? job.input().text() : null);
        CommandOutput err = new CommandOutput(memory, tag ? job.input().text() : null);
        OptionalInt status = OptionalInt.empty();
        try {
            read(job, process, out, err);
            if (isSignalled(process.exitValue())) {
                awaitCancellation(context);
            }
            status = OptionalInt.of(process.exitValue());
            return process.exitValue();
        } finally {
            if (status.isEmpty()) {
                new ProcessTree(process.toHandle()).end(killAfter, () -> readLastWords(process, out, err));
                readLastWords(process, out, err);
            }
            running.remove(process);
            process.getInputStream().close();
            process.getErrorStream().close();
            attempt.leave(new Exit(status, out, err));
        }
    }

    /**
     * Ctrl-C reaches the commands as well as us, and either may be first. If it is the reason, then we are about to be cancelled, and
     * the job is a cancelled one rather than a failed one.
     */
    private static void awaitCancellation(JobContext context) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        context.onCancel(cancelled::countDown);
        if (cancelled.await(SIGNAL_LAG_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("cancelled");
        }
    }

    /**
     * Reads until the command has ended, and what it has written by then.
     *
     * <p>Polls, since a blocking read could not be ended: a process that the command leaves behind may hold the pipes open for
     * ever. A file would need no reading, but a command that opens {@code /dev/stderr} would empty it.
     */
    private void read(Job job, Process process, CommandOutput out, CommandOutput err)
            throws IOException, InterruptedException {
        long pause = 1;
        int spins = 0;
        while (true) {
            boolean ended = !process.isAlive();
            boolean some = readAvailable(process.getInputStream(), out);
            some |= readAvailable(process.getErrorStream(), err);
            showLines(job, out, err);
            if (some) {
                pause = 1;
                spins = SPINS;
            } else if (ended) {
                return;
            } else if (spins > 0) {
                spins--;
                Thread.onSpinWait();
            } else {
                process.waitFor(pause, TimeUnit.MILLISECONDS);
                pause = Math.min(MAX_PAUSE_MILLIS, 2 * pause);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Also where nothing was read just now: it may have become the job's turn. */
    private void showLines(Job job, CommandOutput out, CommandOutput err) throws IOException {
        LineOutput output = lines;
        if (output != null && output.isTurn(job)) {
            out.showLines(output, false);
            err.showLines(output, true);
        }
    }

    /** Reads what a command writes that is about to end, which would otherwise be stuck, or die of a closed pipe. */
    private void readLastWords(Process process, CommandOutput out, CommandOutput err) {
        try {
            readAvailable(process.getInputStream(), out);
            readAvailable(process.getErrorStream(), err);
        } catch (IOException e) {
            return; // then it has to cope
        }
    }

    private boolean readAvailable(InputStream pipe, CommandOutput output) throws IOException {
        byte[] piece = pieces.get();
        int n;
        // The lock that the JVM takes when it empties the pipe of a process that has ended: what is available is still
        // there when it is read, and reading never blocks.
        synchronized (pipe) {
            int available = pipe.available();
            if (available <= 0) {
                return false;
            }
            n = pipe.read(piece, 0, Math.min(available, piece.length));
        }
        if (n > 0) {
            output.write(piece, n);
        }
        return n > 0;
    }

    private static boolean isSignalled(int status) {
        return status == ExitStatus.ofSignal(1)
                || status == ExitStatus.ofSignal(2)
                || status == ExitStatus.ofSignal(15);
    }

    private static String describe(int status) {
        boolean signal = status > 128 && status <= 128 + 64;
        return "exit status " + status + (signal ? " (signal " + (status - 128) + ")" : "");
    }

    /** How a command ended, unless it was ended, and what it wrote. */
    private record Exit(OptionalInt status, CommandOutput out, CommandOutput err) implements Result {
        @Override
        public void writeText(String input, Sink sink) throws IOException {
            sink.write(out.content());
        }

        @Override
        public void writeFailedText(Sink sink) throws IOException {
            sink.write(out.content());
        }

        @Override
        public void writeFields(JsonGenerator json) throws IOException {
            if (status.isPresent()) {
                json.writeNumberField("status", status.getAsInt());
            }
            json.writeFieldName("stdout");
            json.writeString(new NameReader(out.content()), -1);
        }

        @Override
        public OptionalInt exitStatus() {
            return status;
        }

        @Override
        public void writeErrors(Console console) throws IOException {
            if (!err.isEmpty()) {
                console.write(err.content());
            }
        }

        @Override
        public void close() {
            out.close();
            err.close();
        }
    }
}
