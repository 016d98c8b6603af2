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

/** {@code workpool queue pause}. */
@Command(
        name = "pause",
        description =
                "Keeps everybody from beginning jobs of a queue, until it is resumed. What runs goes on to its end.",
        footer = {"", "  workpool queue pause --store jobs.db"})
final class PauseCommand extends StoreCommand {
    @Mixin
    private QueueOption queue = new QueueOption();

    PauseCommand(Streams streams) {
        super(streams);
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        QueueAdmin admin = opened.admin(queue.name());
        if (opened.get(admin::stats).paused()) {
            out.write("queue '" + queue.name() + "' is paused already\n");
            return ExitStatus.OK;
        }
        opened.get(admin::pause);
        out.write("paused queue '" + queue.name() + "'\n");
        return ExitStatus.OK;
    }
}
