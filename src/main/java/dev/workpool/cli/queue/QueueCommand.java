package dev.workpool.cli.queue;

import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.options.SourceArguments;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code workpool queue}, which has commands of its own. */
@Command(
        name = "queue",
        description =
                "Keeps commands in a store until they are done, by any number of workers in any number of terminals or "
                        + "machines.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "A store is a file of SQLite, for the processes of one machine, or a database of PostgreSQL: jobs.db, or "
                    + "jdbc:postgresql://HOST/DATABASE?user=NAME. A password is taken from WORKPOOL_STORE_PASSWORD or PGPASSWORD, "
                    + "from ~/.pgpass, or by --password-file, and never from the arguments.",
            "",
            "  workpool queue add --store jobs.db --exec 'gzip -k {}' *.log",
            "  workpool queue work --store jobs.db --workers 4 --until-empty",
            "  workpool queue status --store jobs.db",
            "  workpool queue dead --store jobs.db",
            "  workpool queue requeue --store jobs.db --error 'exit status 3'",
            "  workpool queue discard --store jobs.db 17 18",
            "  workpool queue cancel --store jobs.db nightly",
            "  workpool queue pause --store jobs.db",
            "  workpool queue resume --store jobs.db",
            "  workpool queue schema --schema jobs | psql jobs",
            "",
            "workpool queue COMMAND --help tells about a command."
        })
public final class QueueCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /**
     * The command with those below it. To read the options of one takes long: only of that which is named, if one is.
     *
     * @param more the end of the line, of which picocli knows nothing
     * @param named the word after {@code queue}; empty if there is none
     */
    public static CommandLine line(Streams streams, SourceArguments more, String named) {
        Map<String, Supplier<Object>> commands = commands(streams, more);
        CommandLine line = new CommandLine(new QueueCommand());
        commands.forEach((name, command) -> {
            if (name.equals(named) || !commands.containsKey(named)) {
                line.addSubcommand(command.get());
            }
        });
        return line;
    }

    /** The commands by their names. */
    public static Map<String, Supplier<Object>> commands(Streams streams, SourceArguments more) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("add", () -> new AddCommand(streams, more));
        commands.put("work", () -> new WorkCommand(streams));
        commands.put("status", () -> new StatusCommand(streams));
        commands.put("dead", () -> new DeadCommand(streams));
        commands.put("requeue", () -> new RequeueCommand(streams));
        commands.put("discard", () -> new DiscardCommand(streams));
        commands.put("cancel", () -> new CancelCommand(streams));
        commands.put("pause", () -> new PauseCommand(streams));
        commands.put("resume", () -> new ResumeCommand(streams));
        commands.put("schema", () -> new SchemaCommand(streams));
        return commands;
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no COMMAND; allowed: " + String.join(", ", commands(null, null).keySet()));
    }
}
