package dev.workpool.cli.queue;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.durable.QueueAdmin;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code workpool queue discard}. */
@Command(
        name = "discard",
        description = "Deletes jobs that have failed for good.",
        footer = {
            "",
            "With --all and --error it says how many there are, and asks.",
            "",
            "  workpool queue discard --store jobs.db 17 18"
        })
final class DiscardCommand extends DeadLetterChange {
    DiscardCommand(Streams streams) {
        super(streams);
    }

    @Override
    List<String> verb() {
        return List.of("discard", "discarded");
    }

    @Override
    Changed change(OpenStore opened, QueueAdmin admin, Set<Long> chosen) throws StoreFailure, InterruptedException {
        return new Changed(opened.get(() -> admin.discard(chosen)), List.of());
    }
}
