package dev.workpool.cli.queue;

import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.joblog.JobHistory;
import dev.workpool.cli.joblog.JobLog;
import dev.workpool.cli.options.AttemptOptions;
import dev.workpool.cli.options.JobLogOptions;
import dev.workpool.cli.options.ShellOption;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.queue.work.CommandCodec;
import dev.workpool.cli.queue.work.WorkSetup;
import dev.workpool.cli.run.RunSetup;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.util.EnumSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code workpool queue work}. */
@Command(
        name = "work",
        description = "Runs the commands of a queue, with as many others as there are, until it is told to end.",
        footer = {
            "",
            "Any number of terminals and machines may work on a queue. What a process held that dies is run again by others: at once "
                    + "on SQLite, after 30 s at most on PostgreSQL (workpool.durable.lease). So a command may run twice.",
            "--retries counts the attempts of all processes. A job that has failed for good is a dead letter: see workpool queue dead.",
            "Ctrl-C: no more commands begin, those that run finish, and the rest is given back. A command that fails after that, "
                    + "perhaps since Ctrl-C reached it, too, is given back as well. A second one ends the commands, and gives them back.",
            "",
            "  workpool queue work --store jobs.db --workers 4 --retries 3 --until-empty",
            "",
            "Exit status: 0 all jobs that ended here succeeded; 1 some did not, or the store failed; 2 wrong usage; 130, 143 or 129 "
                    + "ended by INT, TERM or HUP; 141 nobody reads the output any more."
        })
final class WorkCommand extends StoreCommand {
    @Mixin
    private QueueOption queue = new QueueOption();

    @Option(
            names = {"-j", "--workers", "--jobs"},
            paramLabel = "WORKERS",
            converter = Workers.OfNode.class,
            description =
                    "How many commands run at a time here: 1 to 100000, or N%% of the number of processors. Default: the number "
                            + "of processors.")
    private Workers workers;

    @Option(
            names = "--until-empty",
            description = "End when no job is left, those included that others hold or that are not due yet.")
    private boolean untilEmpty;

    @Mixin
    private AttemptOptions attempts = new AttemptOptions();

    @Mixin
    private ShellOption shell = new ShellOption();

    @Option(names = "--tag", description = "Begin each line of a command's output with its input and a tab.")
    private boolean tag;

    @Option(
            names = "--format",
            paramLabel = "text|ndjson",
            description =
                    "text: what the commands write, and messages about failures. ndjson: a JSON object a line, for every job. "
                            + "Default: text.")
    private RunSetup.Format format = RunSetup.Format.text;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Show progress on standard error. auto (default): if that is a terminal.")
    private RunSetup.When progress = RunSetup.When.auto;

    @Option(
            names = "--joblog",
            paramLabel = "FILE",
            description = "Append a line for every job to FILE once it has ended here and its result is written.")
    private String log;

    WorkCommand(Streams streams) {
        super(streams);
    }

    @Override
    void check() throws UsageException {
        attempts.check();
        JobLogOptions.checkName(log);
        shell.check(true);
        if (tag && format != RunSetup.Format.text) {
            throw new UsageException(
                    "--tag is about lines of text, and not for --format ndjson, which tells the input of each output");
        }
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        opened.check(queue.name());
        opened.checkCodec(queue.name(), CommandCodec.NAME);
        try (JobLog opening = JobLogOptions.open(log, null, new JobHistory(EnumSet.noneOf(Ending.Kind.class)))) {
            return new WorkSetup(
                            streams,
                            queue.name(),
                            workers,
                            shell.shell(),
                            tag,
                            untilEmpty,
                            format,
                            progress,
                            attempts,
                            opening,
                            log)
                    .execute(opened);
        }
    }
}
