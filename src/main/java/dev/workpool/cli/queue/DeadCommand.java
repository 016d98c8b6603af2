package dev.workpool.cli.queue;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.queue.work.CommandCodec;
import dev.workpool.cli.queue.work.QueuedCommand;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.QueueAdmin;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.DeadLetterGroup;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code workpool queue dead}. */
@Command(
        name = "dead",
        description = "Shows the jobs of a queue that have failed for good, by their errors.",
        footer = {
            "",
            "For each error: how many jobs, when the last of them failed, and the number of that one. --list shows each of them with its "
                    + "command.",
            "",
            "  workpool queue dead --store jobs.db --list --error 'exit status 3'"
        })
final class DeadCommand extends StoreCommand {
    private static final int PAGE = 1_000;

    @Mixin
    private QueueOption queue = new QueueOption();

    @Option(names = "--error", paramLabel = "TEXT", description = "Only errors that have TEXT in them.")
    private String error = "";

    @Option(names = "--list", description = "Show each job, the oldest first.")
    private boolean list;

    DeadCommand(Streams streams) {
        super(streams);
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        QueueAdmin admin = opened.admin(queue.name());
        if (list) {
            list(opened, admin, out);
        } else {
            group(opened, admin, out);
        }
        return ExitStatus.OK;
    }

    private void group(OpenStore opened, QueueAdmin admin, Sink out)
            throws StoreFailure, IOException, InterruptedException {
        Table table = new Table("ntnt", "count", "last", "id", "error");
        long count = 0;
        for (DeadLetterGroup each : opened.get(admin::deadLetterGroups)) {
            String text = ErrorText.of(each.error());
            if (text.contains(error)) {
                count += each.count();
                table.add(String.valueOf(each.count()), time(each.newest()), String.valueOf(each.sample()), text);
            }
        }
        out.write(count == 0 ? "none\n" : table.text());
    }

    private void list(OpenStore opened, QueueAdmin admin, Sink out)
            throws StoreFailure, IOException, InterruptedException {
        Table table = new Table("ntntt", "id", "failed", "attempts", "error", "command");
        long after = 0;
        int count = 0;
        List<DeadLetter<QueuedCommand>> page;
        do {
            long last = after;
            page = opened.get(() -> admin.deadLetters(new CommandCodec(), last, PAGE));
            for (DeadLetter<QueuedCommand> each : page) {
                after = each.id();
                String text = ErrorText.of(each.error());
                if (text.contains(error)) {
                    count++;
                    table.add(
                            String.valueOf(each.id()),
                            time(each.died()),
                            String.valueOf(each.attempts()),
                            text,
                            each.job().map(QueuedCommand::shown).orElse(each.encoded().length + " bytes"));
                }
            }
        } while (page.size() == PAGE);
        out.write(count == 0 ? "none\n" : table.text());
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
