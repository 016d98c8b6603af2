package dev.workpool.cli.queue.work;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.joblog.JobLog;
import dev.workpool.cli.joblog.LoggedReport;
import dev.workpool.cli.operation.ExecOperation;
import dev.workpool.cli.options.AttemptOptions;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.output.NdjsonReport;
import dev.workpool.cli.output.Output;
import dev.workpool.cli.output.Progress;
import dev.workpool.cli.output.Report;
import dev.workpool.cli.output.TextReport;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.run.RunSetup;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.DurableQueue;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;

/**
 * Puts the work on a queue together: all its parts, from the options to the exit status, can be read here from top to bottom.
 *
 * @param workers how many; null for what the configuration says
 * @param shell what runs the commands
 * @param tag whether each line of output begins with the input
 * @param untilEmpty whether the work ends when no job is left
 * @param log null if none is written
 * @param logName what the user calls it
 */
public record WorkSetup(
        Streams streams,
        String queue,
        Workers workers,
        String shell,
        boolean tag,
        boolean untilEmpty,
        RunSetup.Format format,
        RunSetup.When progress,
        AttemptOptions attempts,
        JobLog log,
        String logName) {
    /** A command costs milliseconds at least, so that few are held: what is held and done runs again if this process is killed. */
    private static final Duration CLAIM_AHEAD = Duration.ofMillis(200);

    /** Works until it is told to stop, or nothing is left. */
    public int execute(OpenStore store) throws UsageException, StoreFailure, IOException, InterruptedException {
        Console console = new Console(streams.err(), streams.errIsTerminal());
        Stop stop = streams.stop();
        Sink sink = new Sink(streams.out(), streams.outIsTerminal() || streams.outIsPipe() ? console::erase : () -> {});
        Report shown =
                format == RunSetup.Format.ndjson ? new NdjsonReport(sink, console) : new TextReport(sink, console);
        Report report = log == null ? shown : new LoggedReport(shown, sink, log, logName, console, stop);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "workpool");
        try {
            Config root = system.settings().config();
            QueueSettings queueSettings = OpenStore.settings(root, queue);
            queueSettings = queueSettings.withRetry(attempts.retry(queueSettings.retry()));
            if (queueSettings.claimAhead().compareTo(CLAIM_AHEAD) > 0) {
                queueSettings = queueSettings.withClaimAhead(CLAIM_AHEAD);
            }
            WorkerPoolSettings poolSettings = poolSettings(root);
            CommandRunner runner = new CommandRunner(shell, tag, poolSettings);
            DurableQueue<QueuedCommand> opened = DurableQueue.open(
                    system, store.store(), queueSettings, new CommandCodec(), QueueOrder.byPriority());
            WorkerPool<QueuedCommand, Result> pool =
                    WorkerPool.start(system, ExecOperation.withKillMargin(poolSettings), runner::run);
            Idle idle = new Idle();
            Output output = new Output(sink, console, report, progress(console, idle), streams.outIsPipe(), stop);
            console.say("working on queue '" + queue + "' of " + store.name() + ", with " + poolSettings.workers()
                    + (poolSettings.workers() == 1 ? " worker" : " workers")
                    + (untilEmpty ? ", until it is empty" : ""));
            return new QueueRun(opened, pool, runner, output, idle, stop, untilEmpty).execute();
        } catch (IllegalStateException e) { // another order, newer tables
            throw store.failure(e);
        } finally {
            store.close(); // gives back what is left, if anything is
            system.terminate();
        }
    }

    private WorkerPoolSettings poolSettings(Config root) throws UsageException {
        try {
            WorkerPoolSettings settings = WorkerPoolSettings.create(
                            workers == null ? root : workers.applyTo(root), Workers.POOL)
                    .withCoordinatedShutdown(false)
                    .withRetry(RetryPolicy.never()); // the queue's holds, also across processes
            return attempts.applyTo(settings);
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Progress progress(Console console, Idle idle) {
        boolean show = progress == RunSetup.When.always || (progress == RunSetup.When.auto && streams.errIsTerminal());
        return show ? Progress.bar(console, streams.errIsTerminal(), idle) : Progress.NONE;
    }
}
