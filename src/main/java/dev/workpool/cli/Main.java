package dev.workpool.cli;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ErrorLog;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Terminal;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.options.UsageMessages;
import dev.workpool.cli.queue.QueueCommand;
import dev.workpool.cli.run.RunCommand;
import dev.workpool.cli.text.UsageException;
import dev.workpool.cli.tune.TuneCommand;
import dev.workpool.cli.worker.WorkerCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line, {@code workpool}. Results go to standard output, everything else to standard error; wrong usage is one
 * line there and exit status 2.
 */
@Command(
        name = "workpool",
        description = "A bounded, cancellable worker pool: every job's outcome, exactly once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "workpool COMMAND --help tells about a command."})
public final class Main implements Runnable {
    private static final String QUEUE = "queue";
    private static final String RUN = "run";
    private static final String TUNE = "tune";
    private static final String WORKER = "worker";
    private static final List<String> VERSION = List.of("-V", "--version");

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs the command line in this process, and exits with its status.
     *
     * @param arguments as a user gives them
     */
    public static void main(String[] arguments) {
        System.exit(start(arguments));
    }

    /** Runs the command line with the streams and signals of this process. Returns the exit status. */
    static int start(String[] arguments) {
        ErrorLog.install();
        Stop stop = new Stop();
        Signals.install(stop);
        Streams streams = new Streams(
                Terminal.isTaken(0) ? Terminal.closedInput() : System.in,
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8),
                Terminal.isTerminal(0),
                Terminal.isPipe(1),
                Terminal.isTerminal(1),
                Terminal.isTerminal(2),
                stop);
        return run(Arguments.recover(arguments), streams);
    }

    /**
     * Runs the command line inside another program, such as a test.
     *
     * @param arguments as a user gives them
     * @param in standard input
     * @param out standard output
     * @param err standard error
     * @return the exit status
     */
    public static int run(String[] arguments, InputStream in, OutputStream out, PrintStream err) {
        return run(arguments, new Streams(in, out, err, false, false, false, false, new Stop()));
    }

    public static int run(String[] arguments, Streams streams) {
        PrintWriter out = new PrintWriter(streams.out(), true, StandardCharsets.UTF_8);
        Console console = new Console(streams.err(), false);
        if (arguments.length == 1 && VERSION.contains(arguments[0])) {
            out.println(new Version().getVersion()[0]); // at once, without reading what the commands' options are
            return ExitStatus.OK;
        }
        SourceArguments more = SourceArguments.of(arguments);
        String[] options = SourceArguments.withoutThem(arguments);
        CommandLine line = new CommandLine(new Main());
        // To read the options of a command takes long: only of that which is named, if one is.
        String named = options.length == 0 ? "" : options[0];
        boolean isOther = !List.of(RUN, TUNE, WORKER, QUEUE).contains(named);
        if (isOther || named.equals(RUN)) {
            line.addSubcommand(new RunCommand(streams, more));
        }
        if (isOther || named.equals(TUNE)) {
            line.addSubcommand(new TuneCommand(streams, more));
        }
        if (isOther || named.equals(WORKER)) {
            line.addSubcommand(new WorkerCommand(streams));
        }
        if (isOther || named.equals(QUEUE)) {
            line.addSubcommand(QueueCommand.line(streams, more, options.length > 1 && !isOther ? options[1] : ""));
        }
        if (isOther) {
            line.addSubcommand(new CommandLine.HelpCommand());
        }
        return line.setExpandAtFiles(false) // an input may begin with @
                .setOut(out)
                .setParameterExceptionHandler((e, given) -> usageError(console, e, options))
                .setExecutionExceptionHandler((e, command, parsed) -> executionError(console, e))
                .execute(options);
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no COMMAND; allowed: run, tune, worker, queue, help");
    }

    private static int usageError(Console console, ParameterException e, String... written) {
        console.say(UsageMessages.of(e, written));
        return ExitStatus.USAGE;
    }

    private static int executionError(Console console, Exception e) {
        if (e instanceof UsageException) {
            console.say(e.getMessage());
            return ExitStatus.USAGE;
        }
        console.say("internal error: " + e);
        return ExitStatus.FAILED;
    }
}
