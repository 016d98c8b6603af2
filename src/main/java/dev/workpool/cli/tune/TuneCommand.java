package dev.workpool.cli.tune;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.options.InputOptions;
import dev.workpool.cli.options.OperationChoice;
import dev.workpool.cli.options.ReportFile;
import dev.workpool.cli.options.ShellOption;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.options.WorkerRange;
import dev.workpool.cli.run.RunSetup;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.Durations;
import dev.workpool.cli.text.UsageException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code workpool tune}. */
@Command(
        name = "tune",
        description =
                "Runs the jobs over and over with several numbers of workers, and says how many are worth having.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "THE JOBS ARE RUN FOR REAL, AND EACH OF THEM MANY TIMES: do not tune with commands that must not be repeated, such as those that "
                    + "send, delete or book something, nor with a server that is not yours to load. What is read again and again comes from a cache: "
                    + "give more inputs than fit in one.",
            "Inputs and operations are those of workpool run; all inputs are read before the first job begins, at most 100000. "
                    + "What commands write is dropped.",
            "It tries 1, 2, 4 and so on, then what lies before the smallest number within 5 %% of the best throughput, which is what "
                    + "it recommends. Rounds of different numbers take turns. Failed jobs do not count as throughput.",
            "Results go to standard output. Ctrl-C ends it with what has been measured so far; a second one ends at once.",
            "",
            "Exit status: 0 there is a recommendation; 1 there is none, as all jobs failed or the time was too short, or results could not be "
                    + "written; 2 wrong usage; 130, 143 or 129 cancelled by INT, TERM or HUP; 141 nobody reads the output any more.",
            "",
            "Examples:",
            "  workpool tune --sha256 ~/photos",
            "  workpool tune --workers 1..200 --get -a urls.txt",
            "  workpool tune --for 1m --report tuned.html --exec 'convert {} -resize 100 out.png' ::: *.jpg"
        })
public final class TuneCommand implements Callable<Integer> {
    private final Streams streams;

    @Option(
            names = "--workers",
            paramLabel = "LOW..HIGH",
            converter = WorkerRange.Converter.class,
            description = "The numbers of workers to try: 1 to 100000. Default: 1..64.")
    private WorkerRange workers = new WorkerRange(1, 64);

    @ArgGroup(exclusive = true)
    private OperationChoice what = new OperationChoice();

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = Time.class,
            description =
                    "How long to measure at most: 1s to 1d. It ends earlier if the figures are precise, and later by the time of the last "
                            + "jobs. Default: 30s.")
    private Duration time = Duration.ofSeconds(30);

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a page of HTML with charts to FILE as well. It replaces what is there.")
    private String report;

    @Mixin
    private ShellOption shell = new ShellOption();

    @Mixin
    private final InputOptions inputs;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Show progress on standard error. auto (default): if that is a terminal.")
    private RunSetup.When progress = RunSetup.When.auto;

    /** How long to measure. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Durations.parse(value, Duration.ofSeconds(1), Duration.ofDays(1));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.TUNING_TIME);
            }
        }
    }

    /**
     * A command that has not been read.
     *
     * @param more the end of its line, of which picocli knows nothing
     */
    public TuneCommand(Streams streams, SourceArguments more) {
        this.streams = streams;
        this.inputs = new InputOptions(more);
    }

    @Override
    public Integer call() throws UsageException {
        what.check();
        inputs.check("tune with", streams.inIsTerminal(), what.isCommand());
        if (what.takesStandardInput() && inputs.standardInputs() > 0) {
            throw new UsageException("INPUT '-': standard input can be read only once; allowed: files and folders");
        }
        ReportFile page = report == null ? null : new ReportFile(report);
        Operation operation = what.operation(null, shell, inputs, null);
        shell.check(what.isCommand());
        return new TuneSetup(streams, operation, workers, time, page, progress).execute(inputs);
    }
}
