package dev.workpool.cli.queue;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.QueueAdmin;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code workpool queue requeue}. */
@Command(
        name = "requeue",
        description = "Has jobs that have failed for good run again, with all their attempts before them.",
        footer = {
            "",
            "With --all and --error it says how many there are, and asks.",
            "",
            "  workpool queue requeue --store jobs.db --error 'exit status 3'"
        })
final class RequeueCommand extends DeadLetterChange {
    RequeueCommand(Streams streams) {
        super(streams);
    }

    @Override
    List<String> verb() {
        return List.of("requeue", "requeued");
    }

    @Override
    Changed change(OpenStore opened, QueueAdmin admin, Set<Long> chosen) throws StoreFailure, InterruptedException {
        List<DurableBatch> batches = opened.get(() -> admin.requeue(chosen));
        return new Changed(
                batches.stream().mapToLong(DurableBatch::jobs).sum(),
                batches.stream().map(DurableBatch::id).sorted().toList());
    }
}
