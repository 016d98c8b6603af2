package dev.workpool.cli.queue;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.StoreWatch;
import dev.workpool.durable.job.QueueHolder;
import dev.workpool.durable.job.QueueStatus;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code workpool queue status}. */
@Command(
        name = "status",
        description = "Shows what is in the queues of a store, how fast it changes, and who works on it.",
        footer = {
            "",
            "waiting: due, and held by nobody. scheduled: not due yet. held: running, or about to. dead: failed for good. in/s and out/s: "
                    + "added, and ended, per second. They are measured for one second, so that this takes one.",
            "--json prints one line with an object; with --watch, one each second.",
            "",
            "  workpool queue status --store jobs.db --watch"
        })
final class StatusCommand extends StoreCommand {
    /** Puts the cursor into the upper left corner, and clears what is below it. */
    private static final String CLEAR = "\033[H\033[J";

    @Option(names = "--queue", paramLabel = "NAME", description = "This queue alone. Default: all queues.")
    private String queue;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--watch", description = "Go on, with a new picture each second, until Ctrl-C.")
    private boolean watch;

    StatusCommand(Streams streams) {
        super(streams);
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        if (queue != null) {
            opened.check(queue);
        }
        CountDownLatch stopped = new CountDownLatch(1);
        streams.stop().onRequest(stopped::countDown);
        StoreWatch looks = opened.store().watch();
        opened.get(looks::look);
        while (!stopped.await(1, TimeUnit.SECONDS)) {
            List<QueueStatus> seen = opened.get(looks::look).stream()
                    .filter(each -> queue == null || each.name().equals(queue))
                    .toList();
            if (json) {
                StatusJson.write(out, opened.name(), seen);
            } else {
                out.write((watch && streams.outIsTerminal() ? CLEAR : "") + text(seen));
            }
            out.flush();
            if (!watch) {
                return ExitStatus.OK;
            }
        }
        return streams.stop().status().orElse(ExitStatus.OK);
    }

    private static String text(List<QueueStatus> seen) {
        if (seen.isEmpty()) {
            return "no queues\n";
        }
        Table queues = new Table(
                "tnnnnnnnt", "queue", "waiting", "scheduled", "held", "dead", "oldest due", "in/s", "out/s", "");
        Table holders = new Table("ttntnt", "held by", "process", "jobs", "queue", "lease", "");
        for (QueueStatus each : seen) {
            queues.add(
                    each.name(),
                    String.valueOf(each.stats().waiting()),
                    String.valueOf(each.stats().scheduled()),
                    String.valueOf(each.stats().claimed()),
                    String.valueOf(each.stats().dead()),
                    each.stats().waiting() == 0 ? "-" : Table.age(each.stats().oldestWaiting()),
                    rate(each.inPerSecond()),
                    rate(each.outPerSecond()),
                    each.stats().paused() ? "paused" : "");
            each.holders().forEach(holder -> add(holders, each.name(), holder));
        }
        return seen.stream().allMatch(each -> each.holders().isEmpty())
                ? queues.text()
                : queues.text() + "\n" + holders.text();
    }

    private static void add(Table holders, String queue, QueueHolder holder) {
        holders.add(
                holder.host().isEmpty() ? holder.owner() : holder.host(),
                holder.pid().isPresent() ? String.valueOf(holder.pid().getAsLong()) : "-",
                String.valueOf(holder.jobs()),
                queue,
                holder.jobs() == 0 ? "-" : Table.age(holder.lease()),
                holder.jobs() == 0 ? "idle" : "");
    }

    private static String rate(OptionalDouble perSecond) {
        return perSecond.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f", perSecond.getAsDouble());
    }
}
