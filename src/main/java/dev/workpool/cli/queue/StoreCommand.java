package dev.workpool.cli.queue;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.console.Version;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.output.Output;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.queue.store.StoreOptions;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What the commands about a store have in common: they open it, ask it, write to standard output, and say in one line what is wrong. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true)
abstract class StoreCommand implements Callable<Integer> {
    static final String DEFAULT_QUEUE = "default";

    final Streams streams;

    @Mixin
    private StoreOptions store = new StoreOptions();

    StoreCommand(Streams streams) {
        this.streams = streams;
    }

    /** Checks the other options, before the store is opened. */
    void check() throws UsageException {}

    /** Whether a store that is not there is made. */
    boolean makesStore() {
        return false;
    }

    /** Does it, and returns the exit status. */
    abstract int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException;

    /** Messages go here. */
    final Console console() {
        return new Console(streams.err(), streams.errIsTerminal());
    }

    @Override
    public final Integer call() throws UsageException, InterruptedException {
        Sink out = new Sink(streams.out(), () -> {});
        check();
        try (OpenStore opened = store.open(makesStore())) {
            int status = run(opened, out);
            out.flush();
            return status;
        } catch (StoreFailure e) {
            console().say(e.getMessage());
            return ExitStatus.FAILED;
        } catch (Sink.WriteException e) {
            Output.lost(e, streams.outIsPipe(), console(), streams.stop());
            return streams.stop().status().orElse(ExitStatus.FAILED);
        } catch (IOException e) {
            console().say(Messages.why(e));
            return ExitStatus.FAILED;
        }
    }
}
