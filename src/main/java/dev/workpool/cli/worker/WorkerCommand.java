package dev.workpool.cli.worker;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.options.NodeAddress;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.text.UsageException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code workpool worker}. */
@Command(
        name = "worker",
        description =
                "Does jobs of workpool run --cluster HOST:PORT, those of one run after another, until it is told to end.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "WHOEVER REACHES THE ADDRESSES OF A WORKER OR OF A RUN CAN HAVE IT RUN ANY COMMAND, with the rights of the user who started it. "
                    + "By default only this machine does. Give other addresses in a network whose machines and users you trust, or with "
                    + "mutual TLS.",
            "It waits for a run, or for whoever else listens at HOST:PORT, for as long as it takes, and for the next one when none is left. "
                    + "With --bind HOST:PORT of the same address it is itself where runs and other workers meet: then several runs "
                    + "share the workers, whichever ends first.",
            "Commands run in the folder in which the worker was started, and with its environment. Files to hash have to have "
                    + "the same paths as on the machine of the run.",
            "INT, TERM and HUP end it: what has not begun is given back, and what runs is finished, within 30 s "
                    + "(workpool.pools.run.close-timeout). A second one ends it at once, and its commands; their jobs are done by others.",
            "",
            "Exit status: 0 it was told to end; 1 or 255 it could not work any more; 2 wrong usage.",
            "",
            "Examples, the first two in two terminals of one machine:",
            "  workpool worker --join 127.0.0.1:25520",
            "  workpool run --cluster 127.0.0.1:25520 --exec 'gzip {}' ::: *.log",
            "  workpool worker --join 10.0.0.5:25520 --bind 10.0.0.6 --workers 16"
        })
public final class WorkerCommand implements Callable<Integer> {
    private final Streams streams;

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            converter = NodeAddress.Meeting.class,
            description = "Where runs, or other nodes, are met: the address of run --cluster.")
    private NodeAddress meeting;

    @Option(
            names = "--bind",
            paramLabel = "HOST[:PORT]",
            converter = NodeAddress.Own.class,
            description =
                    "Where to listen, by an address that other nodes reach. Default: any port of the host to join if that is this "
                            + "machine.")
    private NodeAddress own;

    @Option(
            names = {"-n", "--workers"},
            paramLabel = "WORKERS",
            converter = Workers.OfNode.class,
            description =
                    "How many jobs run at a time here: 1 to 100000, or N%% of the number of processors. Default: the number "
                            + "of processors.")
    private Workers workers;

    public WorkerCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws UsageException, InterruptedException {
        if (meeting == null) {
            throw new UsageException("nobody to work for: give --join HOST:PORT, the address of run --cluster");
        }
        if (own == null && !meeting.isHere()) {
            throw new UsageException(
                    "--join " + meeting + " is not on this machine: give --bind HOST as well, an address of "
                            + "this machine by which other nodes reach it");
        }
        return new WorkerSetup(streams, meeting, own == null ? meeting.withAnyPort() : own, workers).execute();
    }
}
