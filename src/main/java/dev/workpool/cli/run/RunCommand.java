package dev.workpool.cli.run;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.options.ClusterOptions;
import dev.workpool.cli.options.InputOptions;
import dev.workpool.cli.options.JobLogOptions;
import dev.workpool.cli.options.OperationChoice;
import dev.workpool.cli.options.OutputOptions;
import dev.workpool.cli.options.PolicyOptions;
import dev.workpool.cli.options.ShellOption;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.text.UsageException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code workpool run}. */
@Command(
        name = "run",
        description = "Runs a job for each input on N workers, and shows every outcome exactly once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Inputs come from the arguments, from a list, or from standard input if none is named and it is no terminal. They are "
                    + "read as they are needed. Empty lines of a list are skipped; with --null every entry counts. Names are bytes: "
                    + "none is lost, in any locale.",
            "Input sources as in GNU parallel, after all options: ::: a b ::: c d runs a c, a d, b c, b d; ::: a b :::+ c d runs "
                    + "a c and b d; :::: FILE and ::::+ FILE read the values from a list.",
            "--sha256 walks folders, each in the order of its names. A link that you name is followed; of those found in "
                    + "a folder, links to files are followed and links to folders are not. Pipes, sockets and devices found "
                    + "there are left out with a message. - stands for standard input.",
            "--exec hands CMD to sh. Commands read from /dev/null. What one writes comes out in one piece when it ends. "
                    + "Replacement strings, safely quoted wherever they stand: {} the input, which is appended if CMD has none of "
                    + "them; {.} without extension; {/} without folder; {//} its folder; {/.} without folder and extension; {#} its "
                    + "number; {%%} the worker's number, from 1 on; {2} {2.} {-1/} and so on of one input source or column. "
                    + "\\{} stays {}. An unknown one, such as {x}, is an error.",
            "--get follows redirects; lines hold status, bytes, milliseconds and URL.",
            "--retries counts the first attempt and retries time-outs as well; what failed attempts wrote is dropped, but for "
                    + "the last. A command that times out gets TERM, and KILL after 5 s (workpool.pools.run.cancel-grace); the "
                    + "next attempt begins when it is gone.",
            "--cluster: other processes do the jobs, on this machine or on others; workpool worker --help tells about them, and who "
                    + "can have them run what. A job may run twice if its worker dies.",
            "--halt: a percentage counts once 3 jobs have ended. It is of all jobs; while inputs are still being read, fail is "
                    + "of the jobs that have ended, and success and done wait. Jobs that were read and never ran are "
                    + "cancelled ones. Exit status of a run that was halted: 0 for success; 1 for fail; for done, 0 if nothing "
                    + "failed.",
            "--joblog appends to a log of the same operation; other files are refused. Columns, separated by tabs: start "
                    + "(seconds since 1970), seconds, attempts, outcome, exit status, occurrence, operation, input (escaped "
                    + "as printf %%b reads it). To resume a run, repeat its command line with --resume: jobs that were "
                    + "cancelled, rejected or running when it was killed are run again.",
            "Messages and the sum of outcomes go to standard error. Ctrl-C cancels; a second one ends at once.",
            "",
            "Exit status: 0 all jobs succeeded, or --halt found its success; 1 some did not, or results or the job log could not be written; 2 wrong "
                    + "usage; 130, 143 or 129 cancelled by INT, TERM or HUP; 141 nobody reads the output any more.",
            "",
            "Examples:",
            "  workpool run --sha256 ~/photos > photos.sha256",
            "  find . -name '*.log' -print0 | workpool run --null --exec 'gzip {}'",
            "  workpool run -j 8 --retries 3 --joblog log --resume --get -a urls.txt"
        })
public final class RunCommand implements Callable<Integer> {
    private final Streams streams;

    @Option(
            names = {"-j", "--workers", "--jobs"},
            paramLabel = "N",
            converter = Workers.Converter.class,
            description =
                    "How many jobs run at a time: 1 to 100000, N%% of the number of processors, or adaptive: as many as "
                            + "the service they wait for can serve, by their measured time. Default: the number of "
                            + "processors. With --cluster: on all nodes together; default: as many as they have.")
    private Workers workers;

    @ArgGroup(exclusive = true)
    private OperationChoice what = new OperationChoice();

    @Mixin
    private ShellOption shell = new ShellOption();

    @Option(
            names = {"-k", "--ordered", "--keep-order"},
            description = "Show outcomes in the order of the inputs, not as jobs end.")
    private boolean ordered;

    @Option(
            names = "--format",
            paramLabel = "text|ndjson",
            description = "text: results, and messages about failures. ndjson: a JSON object a line, for every job. "
                    + "Default: text.")
    private RunSetup.Format format = RunSetup.Format.text;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final InputOptions inputs;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Show progress on standard error. auto (default): if that is a terminal.")
    private RunSetup.When progress = RunSetup.When.auto;

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Mixin
    private JobLogOptions log = new JobLogOptions();

    /**
     * A command that has not been read.
     *
     * @param more the end of its line, of which picocli knows nothing
     */
    public RunCommand(Streams streams, SourceArguments more) {
        this.streams = streams;
        this.inputs = new InputOptions(more);
    }

    @Override
    public Integer call() throws UsageException, InterruptedException {
        what.check();
        inputs.check("run", streams.inIsTerminal(), what.isCommand());
        if (what.takesStandardInput() && inputs.standardInputs() > 1) {
            throw new UsageException("INPUT '-' more than once: standard input can be read once; allowed: one -");
        }
        output.check(what.isCommand(), format == RunSetup.Format.text);
        policies.check();
        cluster.check(workers, output, what.takesStandardInput() ? inputs.standardInputs() : 0);
        log.check();
        Operation operation = what.operation(inputs.readsStandardInput() ? null : streams.in(), shell, inputs, output);
        shell.check(what.isCommand());
        return new RunSetup(streams, workers, operation, ordered, format, progress, policies, log, output, cluster)
                .execute(inputs);
    }
}
