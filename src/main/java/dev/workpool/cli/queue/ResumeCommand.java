package dev.workpool.cli.queue;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.QueueAdmin;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code workpool queue resume}. */
@Command(
        name = "resume",
        description = "Ends the pause of a queue.",
        footer = {"", "  workpool queue resume --store jobs.db"})
final class ResumeCommand extends StoreCommand {
    @Mixin
    private QueueOption queue = new QueueOption();

    ResumeCommand(Streams streams) {
        super(streams);
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        QueueAdmin admin = opened.admin(queue.name());
        if (!opened.get(admin::stats).paused()) {
            out.write("queue '" + queue.name() + "' is not paused\n");
            return ExitStatus.OK;
        }
        opened.get(admin::resume);
        out.write("resumed queue '" + queue.name() + "'\n");
        return ExitStatus.OK;
    }
}
