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
            "  workpool queue dead --store jobs.db --list --error 'exit status 3'",
            "  workpool queue dead --store jobs.db --list --json | jq -r '.jobs[].command'"
        })
final class DeadCommand extends StoreCommand {
    private static final int PAGE = 1_000;

    @Mixin
    private QueueOption queue = new QueueOption();

    @Option(names = "--error", paramLabel = "TEXT", description = "Only errors that have TEXT in them.")
    private String error = "";

    @Option(names = "--list", description = "Show each job, the oldest first.")
    private boolean list;

    @Option(
            names = "--json",
            description = "Print one line with an object of JSON: the errors, or with --list the jobs.")
    private boolean json;

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
        List<DeadLetterGroup> groups = opened.get(admin::deadLetterGroups).stream()
                .filter(each -> ErrorText.of(each.error()).contains(error))
                .toList();
        if (json) {
            try (DeadJson line = new DeadJson(out, opened.name(), queue.name(), "groups")) {
                for (DeadLetterGroup each : groups) {
                    line.add(each, ErrorText.of(each.error()));
                }
                line.end();
            }
            return;
        }
        Table table = new Table("ntnt", "count", "last", "id", "error");
        groups.forEach(each -> table.add(
                String.valueOf(each.count()),
                time(each.newest()),
                String.valueOf(each.sample()),
                ErrorText.of(each.error())));
        out.write(groups.isEmpty() ? "none\n" : table.text());
    }

    private void list(OpenStore opened, QueueAdmin admin, Sink out)
            throws StoreFailure, IOException, InterruptedException {
        if (json) {
            try (DeadJson line = new DeadJson(out, opened.name(), queue.name(), "jobs")) {
                forEach(opened, admin, each -> line.add(each, ErrorText.of(each.error())));
                line.end();
            }
            return;
        }
        Table table = new Table("ntntt", "id", "failed", "attempts", "error", "command");
        long count = forEach(
                opened,
                admin,
                each -> table.add(
                        String.valueOf(each.id()),
                        time(each.died()),
                        String.valueOf(each.attempts()),
                        ErrorText.of(each.error()),
                        each.job().map(QueuedCommand::shown).orElse(each.encoded().length + " bytes")));
        out.write(count == 0 ? "none\n" : table.text());
    }

    /** What is done with a dead letter. */
    private interface Shown {
        void accept(DeadLetter<QueuedCommand> letter) throws IOException;
    }

    /** Reads those that are asked for, some at a time, and returns how many there are. */
    private long forEach(OpenStore opened, QueueAdmin admin, Shown shown)
            throws StoreFailure, IOException, InterruptedException {
        long after = 0;
        long count = 0;
        List<DeadLetter<QueuedCommand>> page;
        do {
            long last = after;
            page = opened.get(() -> admin.deadLetters(new CommandCodec(), last, PAGE));
            for (DeadLetter<QueuedCommand> each : page) {
                after = each.id();
                if (ErrorText.of(each.error()).contains(error)) {
                    count++;
                    shown.accept(each);
                }
            }
        } while (page.size() == PAGE);
        return count;
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
