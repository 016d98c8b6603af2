package dev.workpool.cli.tune;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigException;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.input.FileSource;
import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.input.RepeatedInputs;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.options.InputOptions;
import dev.workpool.cli.options.ReportFile;
import dev.workpool.cli.options.WorkerRange;
import dev.workpool.cli.output.Output;
import dev.workpool.cli.run.RunSetup;
import dev.workpool.cli.text.Printable;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.TunePage;
import dev.workpool.tune.TuneProgress;
import dev.workpool.tune.TuneReport;
import dev.workpool.tune.TuneText;
import dev.workpool.tune.Tuner;
import dev.workpool.tune.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Puts tuning together: all its parts, from the options to the exit status, can be read here from top to bottom. */
final class TuneSetup {
    private final Streams streams;
    private final Operation operation;
    private final WorkerRange workers;
    private final Duration time;
    private final ReportFile page;
    private final RunSetup.When progress;

    /**
     * A setup.
     *
     * @param page null for none
     */
    TuneSetup(
            Streams streams,
            Operation operation,
            WorkerRange workers,
            Duration time,
            ReportFile page,
            RunSetup.When progress) {
        this.streams = streams;
        this.operation = operation;
        this.workers = workers;
        this.time = time;
        this.page = page;
        this.progress = progress;
    }

    /** Tunes. */
    int execute(InputOptions inputs) throws UsageException {
        Console console = new Console(streams.err(), streams.errIsTerminal());
        RepeatedInputs jobs;
        try (InputSource named = inputs.open(streams.in())) {
            jobs = read(operation.takesFiles() ? new FileSource(named, console) : named);
        } catch (IOException e) {
            console.say("reading inputs: " + Messages.why(e));
            return ExitStatus.FAILED;
        }
        if (streams.stop().status().isPresent()) {
            return streams.stop().status().getAsInt();
        }
        if (jobs.size() == 0) {
            console.say("no inputs, so there is nothing to tune with");
            return ExitStatus.FAILED;
        }
        if (jobs.size() == RepeatedInputs.MOST) {
            console.say("only the first %d inputs are used".formatted(RepeatedInputs.MOST));
        }
        if (jobs.size() < workers.high()) {
            console.say("%d inputs for up to %d workers: the same input is worked on several times at once"
                    .formatted(jobs.size(), workers.high()));
        }
        return execute(jobs, console);
    }

    /** Reads all inputs, on another thread, since reading standard input could not be ended; null if somebody wants to stop. */
    private RepeatedInputs read(InputSource source) throws IOException {
        CompletableFuture<RepeatedInputs> read = new CompletableFuture<>();
        streams.stop().onRequest(() -> read.complete(null));
        Thread reader = new Thread(
                () -> {
                    try {
                        read.complete(RepeatedInputs.of(source));
                    } catch (Throwable e) {
                        read.completeExceptionally(e);
                    }
                },
                "workpool-reader");
        reader.setDaemon(true);
        reader.start();
        try {
            return read.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private int execute(RepeatedInputs jobs, Console console) throws UsageException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "workpool");
        try {
            Tuner<Job> tuner = operation
                    .tuner(jobs)
                    .workers(workers.low(), workers.high())
                    .duration(time)
                    .settings(settings(system))
                    .failureWords(Messages::why)
                    .onProgress(progress(console));
            streams.stop().onKill(operation::kill);
            Tuning tuning = tuner.start(system);
            streams.stop().onRequest(tuning::cancel);
            TuneReport report = tuning.result().toCompletableFuture().join();
            console.erase();
            boolean written = show(report, jobs, console);
            return streams.stop()
                    .status()
                    .orElse(written && report.recommended().isPresent() ? ExitStatus.OK : ExitStatus.FAILED);
        } catch (CompletionException e) {
            console.say(Messages.why(e.getCause()));
            return streams.stop().status().orElse(ExitStatus.FAILED);
        } finally {
            system.terminate();
        }
    }

    private WorkerPoolSettings settings(ActorSystem<?> system) throws UsageException {
        try {
            return operation.settings(WorkerPoolSettings.create(system, "tune"));
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Consumer<TuneProgress> progress(Console console) {
        boolean show = switch (progress) {
            case auto -> streams.errIsTerminal();
            case always -> true;
            case never -> false;
        };
        return show ? round -> console.draw(line(round)) : round -> {};
    }

    private static String line(TuneProgress round) {
        return String.format(
                Locale.ROOT,
                "workpool: %d of %d s, round %d: %d workers, %.1f jobs/s",
                round.elapsed().toSeconds(),
                round.duration().toSeconds(),
                round.rounds(),
                round.workers(),
                round.throughput());
    }

    /** Writes all that was found, and says whether that was possible. */
    private boolean show(TuneReport report, RepeatedInputs jobs, Console console) {
        boolean written = true;
        if (page != null) {
            try {
                page.write(TunePage.of(report, title(jobs)));
            } catch (IOException e) {
                console.say("--report " + page.name() + ": " + Messages.why(e));
                written = false;
            }
        }
        Sink sink = new Sink(streams.out(), () -> {});
        try {
            sink.write(TuneText.of(report));
            sink.flush();
        } catch (IOException e) {
            written = false;
            Output.lost(e, streams.outIsPipe(), console, streams.stop());
        }
        return written;
    }

    private String title(RepeatedInputs jobs) {
        return "workpool tune %s, %d inputs".formatted(Printable.of(operation.asOption()), jobs.size());
    }
}
