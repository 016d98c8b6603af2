package dev.workpool.cli.run;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.input.FileSource;
import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.job.Halt;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.joblog.JobHistory;
import dev.workpool.cli.joblog.JobLog;
import dev.workpool.cli.joblog.LoggedReport;
import dev.workpool.cli.joblog.RemainingSource;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.options.ClusterOptions;
import dev.workpool.cli.options.InputOptions;
import dev.workpool.cli.options.JobLogOptions;
import dev.workpool.cli.options.OutputOptions;
import dev.workpool.cli.options.PolicyOptions;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.output.NdjsonReport;
import dev.workpool.cli.output.Output;
import dev.workpool.cli.output.Progress;
import dev.workpool.cli.output.Report;
import dev.workpool.cli.output.TextReport;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;

/** Puts a run together: all its parts, from the options to the exit status, can be read here from top to bottom. */
public final class RunSetup {
    /** Formats, by the words of the command line. */
    public enum Format {
        text,
        ndjson
    }

    /** When to show progress, by the words of the command line. */
    public enum When {
        auto,
        always,
        never
    }

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Streams streams;
    private final Workers workers;
    private final Operation operation;
    private final boolean ordered;
    private final Format format;
    private final When progress;
    private final PolicyOptions policies;
    private final JobLogOptions logOptions;
    private final OutputOptions output;
    private final ClusterOptions cluster;

    /**
     * A setup.
     *
     * @param workers how many; null for what the configuration says
     */
    RunSetup(
            Streams streams,
            Workers workers,
            Operation operation,
            boolean ordered,
            Format format,
            When progress,
            PolicyOptions policies,
            JobLogOptions logOptions,
            OutputOptions output,
            ClusterOptions cluster) {
        this.streams = streams;
        this.workers = workers;
        this.operation = operation;
        this.ordered = ordered;
        this.format = format;
        this.progress = progress;
        this.policies = policies;
        this.logOptions = logOptions;
        this.output = output;
        this.cluster = cluster;
    }

    /** Runs it. */
    int execute(InputOptions inputs) throws UsageException, InterruptedException {
        Console console = new Console(streams.err(), streams.errIsTerminal());
        JobHistory history = new JobHistory(logOptions.done());
        try (InputSource named = inputs.open(streams.in());
                JobLog log = logOptions.open(inputs.lists(), operation.asOption(), history, output.dryRun())) {
            if (logOptions.damagedLines() > 0) {
                console.say("--joblog '" + logOptions.file() + "': " + logOptions.damagedLines()
                        + " damaged lines left out; their jobs run again");
            }
            InputSource all = operation.takesFiles() ? new FileSource(named, console) : named;
            InputSource source = logOptions.file() == null ? all : new RemainingSource(all, history, log, console);
            return execute(source, log, console);
        } catch (IOException e) {
            console.say(Messages.why(e));
            return ExitStatus.FAILED;
        }
    }

    private int execute(InputSource source, JobLog log, Console console)
            throws IOException, UsageException, InterruptedException {
        Stop stop = streams.stop();
        Sink sink = new Sink(streams.out(), streams.outIsTerminal() || streams.outIsPipe() ? console::erase : () -> {});
        Report shown = switch (format) {
            case text -> new TextReport(sink, console);
            case ndjson -> new NdjsonReport(sink, console);
        };
        Report report = log == null ? shown : new LoggedReport(shown, sink, log, logOptions.file(), console, stop);

        try (Place place = place(console)) {
            WorkerPoolSettings settings = Descriptors.limit(settings(place.system()), operation, console);
            Halt halt = output.dryRun() ? Halt.NEVER : policies.halt();
            Halting halting = new Halting(halt, settings.retry(), source::total);
            WorkerPool<Job, Result> pool = start(place, settings, halting);
            stop.onKill(operation::kill);
            Output shows = new Output(sink, console, report, progress(console), streams.outIsPipe(), stop);
            Run run = new Run(
                    pool,
                    source,
                    options(place.window(operation, settings)),
                    shows,
                    stop,
                    halting,
                    output.dryRun() ? "; nothing was run: --dry-run" : "",
                    settings.cancelGrace().plus(PATIENCE),
                    output.quiet());
            if (output.lineBuffer()) {
                operation.showLinesOn(run.lineOutput(ordered));
            }
            return run.execute();
        }
    }

    private Place place(Console console) throws UsageException, InterruptedException {
        return cluster.meeting() == null
                ? new Place.Here()
                : Place.OnNodes.begin(cluster, workers, console, streams.stop());
    }

    private StreamOptions<Job> options(int window) {
        StreamOptions<Job> order = ordered || output.dryRun() ? StreamOptions.ordered() : StreamOptions.asCompleted();
        return order.withWindow(window)
                .withBatch(BatchOptions.defaults().withTimeoutsAtRest(operation.leavesNothing()));
    }

    /** A dispatcher that there is not is found out only now. */
    private WorkerPool<Job, Result> start(Place place, WorkerPoolSettings settings, Halting halting)
            throws UsageException {
        try {
            return place.start(operation, settings, halting);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private WorkerPoolSettings settings(ActorSystem<?> system) throws UsageException {
        try {
            Config root = system.settings().config();
            WorkerPoolSettings settings = WorkerPoolSettings.create(
                            workers == null ? root : workers.applyTo(root), Workers.POOL)
                    .withCoordinatedShutdown(false); // the run ends its pool itself, and knows when
            return output.dryRun() ? settings : policies.applyTo(settings);
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Progress progress(Console console) {
        boolean show = switch (progress) {
            case auto -> streams.errIsTerminal() && !output.quiet();
            case always -> true;
            case never -> false;
        };
        return show ? Progress.bar(console, streams.errIsTerminal()) : Progress.NONE;
    }
}
