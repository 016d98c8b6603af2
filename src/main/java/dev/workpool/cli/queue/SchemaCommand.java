package dev.workpool.cli.queue;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.output.Output;
import dev.workpool.cli.queue.store.StoreOptions;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code workpool queue schema}. */
@Command(
        name = "schema",
        description = "Prints the SQL of the tables, with the grants that a user needs who makes none.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Asks no database. --store says for which one the SQL is, by default PostgreSQL; --schema and --prefix are those of the tables.",
            "",
            "  workpool queue schema --schema jobs | psql jobs"
        })
final class SchemaCommand implements Callable<Integer> {
    private final Streams streams;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--from",
            paramLabel = "VERSION",
            description = "What leads here from tables of this version. Default: 0, which are none.")
    private int from;

    SchemaCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws UsageException {
        String sql;
        try {
            sql = store.unopened().schemaSql(from);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--from " + from + ": " + e.getMessage());
        }
        Sink out = new Sink(streams.out(), () -> {});
        try {
            out.write(sql);
            out.flush();
            return ExitStatus.OK;
        } catch (IOException e) {
            Output.lost(e, streams.outIsPipe(), new Console(streams.err(), false), streams.stop());
            return streams.stop().status().orElse(ExitStatus.FAILED);
        }
    }
}
