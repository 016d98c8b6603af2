package dev.workpool.cli.queue;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.QueueAdmin;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.EnqueueOptions;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code workpool queue cancel}. */
@Command(
        name = "cancel",
        description =
                "Cancels what was added together: none of its jobs begins any more, and running ones are stopped.",
        footer = {
            "",
            "A key that is a number is taken for a key first. A batch that has ended or was cancelled before stays as it is: that "
                    + "is said, and is no failure.",
            "",
            "  workpool queue cancel --store jobs.db nightly"
        })
final class CancelCommand extends StoreCommand {
    @Mixin
    private QueueOption queue = new QueueOption();

    @Parameters(
            paramLabel = "BATCH|KEY",
            arity = "0..1",
            description =
                    "The number of the batch, as workpool queue add has told it, or the key that it was added by.")
    private String what;

    CancelCommand(Streams streams) {
        super(streams);
    }

    @Override
    void check() throws UsageException {
        if (what == null) {
            throw new UsageException("nothing to cancel: give the number of a batch, or a key");
        }
        try {
            EnqueueOptions.keyed(what);
        } catch (IllegalArgumentException e) {
            throw new UsageException("KEY '" + what + "'; allowed: " + Allowed.KEY);
        }
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        QueueAdmin admin = opened.admin(queue.name());
        Optional<DurableBatch> found = opened.get(() -> admin.batch(what));
        if (found.isEmpty() && what.matches("\\d{1,18}")) {
            found = opened.get(() -> admin.batch(Long.parseLong(what)));
        }
        DurableBatch batch =
                found.orElseThrow(() -> new UsageException("'" + what + "': no such batch or key in queue '"
                        + queue.name() + "' of " + opened.name() + ", or it ended long ago"));
        boolean wasCancelled = opened.get(batch::isCancelled);
        BatchProgress before = opened.get(batch::progress);
        if (wasCancelled || before.pending() == 0) {
            out.write("batch " + batch.id() + ": "
                    + (wasCancelled ? "was cancelled before; " + ended(before) + " had ended" : "had ended before")
                    + "; nothing to cancel\n");
            return ExitStatus.OK;
        }
        opened.get(batch::cancel);
        out.write("batch " + batch.id() + ": cancelled; " + ended(opened.get(batch::progress)) + " had ended before\n");
        return ExitStatus.OK;
    }

    private static String ended(BatchProgress progress) {
        return progress.done() - progress.cancelled() + " of " + progress.total()
                + (progress.total() == 1 ? " job" : " jobs");
    }
}
