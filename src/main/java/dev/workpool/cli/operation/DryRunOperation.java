package dev.workpool.cli.operation;

import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.TaggedStream;
import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.text.Names;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.Tuner;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Tells the shell command for each input, and runs none. */
public final class DryRunOperation implements Operation {
    private final ShellCommand command;
    private final boolean tag;

    /**
     * An operation that tells a command.
     *
     * @param tag whether each line begins with the input
     */
    public DryRunOperation(ShellCommand command, boolean tag) {
        this.command = command;
        this.tag = tag;
    }

    @Override
    public WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings, Halting halting) {
        return WorkerPool.start(system, settings, this::tell);
    }

    @Override
    public Tuner<Job> tuner(Iterable<Job> jobs) {
        return Tuner.over(jobs, (Job job, JobContext context) -> tell(job, context));
    }

    @Override
    public String asOption() {
        return command.asOption();
    }

    private Result tell(Job job, JobContext context) throws FinalFailure {
        Job.Attempt attempt = job.begin();
        try {
            return new Told(
                    command.shown(job.input(), context.workerIndex() + 1),
                    tag ? job.input().text() : null);
        } finally {
            attempt.end();
        }
    }

    /** A command, and its tag; null if it has none. */
    private record Told(String command, String tag) implements Result {
        @Override
        public void writeText(String input, Sink out) throws IOException {
            if (tag == null) {
                out.write(command + "\n");
            } else {
                out.write(new TaggedStream(new ByteArrayInputStream(Names.encode(command + "\n")), tag));
            }
        }

        @Override
        public void writeFields(JsonGenerator json) throws IOException {
            json.writeStringField("command", command);
        }
    }
}
