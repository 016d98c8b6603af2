package dev.workpool.cli.options;

import dev.workpool.cli.text.UsageException;
import picocli.CommandLine.Option;

/** The options about nodes that do the jobs of a run. */
public final class ClusterOptions {
    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT",
            converter = NodeAddress.Meeting.class,
            description =
                    "Have the jobs done by the nodes of workpool worker --join HOST:PORT. Listens there, or joins the "
                            + "node that does.")
    private NodeAddress cluster;

    @Option(
            names = "--bind",
            paramLabel = "HOST[:PORT]",
            converter = NodeAddress.Own.class,
            description =
                    "Where to listen if another node listens at --cluster HOST:PORT. Default: any port of that host if "
                            + "it is this machine.")
    private NodeAddress bind;

    /**
     * Checks what the options demand of others.
     *
     * @param workers how many jobs may run at a time; null if nothing is said
     * @param output what is shown of commands
     * @param standardInputs how often standard input is an input itself
     */
    public void check(Workers workers, OutputOptions output, int standardInputs) throws UsageException {
        if (cluster == null) {
            if (bind != null) {
                throw new UsageException("--bind is about a node of a cluster: give --cluster HOST:PORT as well");
            }
            return;
        }
        if (output.dryRun()) {
            throw new UsageException("--dry-run runs nothing, and so needs no --cluster: give one of them");
        }
        if (output.lineBuffer()) {
            throw new UsageException(
                    "--line-buffer is not for --cluster: what a command writes comes when it has ended");
        }
        if (standardInputs > 0) {
            throw new UsageException("INPUT '-' is not for --cluster: other nodes cannot read standard input; allowed: "
                    + "files that all nodes have");
        }
        if (workers != null && !workers.isCount()) {
            throw new UsageException(
                    "--workers is how many jobs run at a time on all nodes, with --cluster; allowed: 1 to " + "100000");
        }
        if (bind == null && !cluster.isHere()) {
            throw new UsageException(
                    "--cluster " + cluster + " is not on this machine: give --bind HOST as well, an address "
                            + "of this machine by which other nodes reach it");
        }
    }

    /** Where the nodes meet; null if the jobs are done in this process. */
    public NodeAddress meeting() {
        return cluster;
    }

    /** Where this process listens if another one listens where the nodes meet. */
    public NodeAddress own() {
        return bind == null ? cluster.withAnyPort() : bind;
    }
}
