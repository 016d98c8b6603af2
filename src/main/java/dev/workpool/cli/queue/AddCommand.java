package dev.workpool.cli.queue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.input.InputSource;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.operation.ShellCommand;
import dev.workpool.cli.options.InputOptions;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.queue.work.CommandCodec;
import dev.workpool.cli.queue.work.QueuedCommand;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.Durations;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code workpool queue add}. */
@Command(
        name = "add",
        description = "Adds a command for each input to a queue: all of them, or none.",
        footer = {
            "",
            "Inputs and replacement strings are those of workpool run: INPUT... or ::: INPUT..., lists by --input or ::::, standard "
                    + "input if none is named; {} {.} {/} {//} {/.} {#} {%%} {1}, safely quoted. What is stored is the command with its "
                    + "input. It runs in the folder, the environment and the shell of whoever works on the queue.",
            "With --key, the same list may be added again and again: once it is there, nothing more is added, until 7 days after its "
                    + "end (workpool.durable.retention). Another list under the same key is not added either; if it is of another "
                    + "length, that is said. An empty list adds nothing, and leaves its key free.",
            "",
            "  workpool queue add --store jobs.db --key photos --exec 'convert {} {.}.png' *.jpg",
            "",
            "Exit status: 0 the jobs are stored, or were, or there are none; 1 they are not; 2 wrong usage."
        })
final class AddCommand extends StoreCommand {
    private static final Duration LONGEST_DELAY = Duration.ofDays(3650);

    @Mixin
    private QueueOption queue = new QueueOption();

    @Option(names = "--exec", paramLabel = "CMD", description = "The command, for sh.")
    private String exec;

    @Option(names = "--key", paramLabel = "KEY", description = "A name of this list: the same again adds nothing.")
    private String key;

    @Option(
            names = "--priority",
            paramLabel = "N",
            converter = Priority.class,
            description = "Jobs of a larger one run before others: -1000 to 1000. Default: 0.")
    private int priority;

    @Option(
            names = "--delay",
            paramLabel = "DURATION",
            converter = Delay.class,
            description = "After how long the jobs are due: 30s, 5m, 2h, 1d, or a number of seconds. Default: at once.")
    private Duration delay = Duration.ZERO;

    @Mixin
    private final InputOptions inputs;

    /** Reads a priority. */
    static final class Priority implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            try {
                return EnqueueOptions.defaults()
                        .withPriority(Integer.parseInt(value))
                        .priority();
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.PRIORITY);
            }
        }
    }

    /** Reads a delay. */
    static final class Delay implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Durations.parse(value, Duration.ZERO, LONGEST_DELAY);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "'; allowed: " + Allowed.DELAY);
            }
        }
    }

    /**
     * A command that has not been read.
     *
     * @param more the end of its line, of which picocli knows nothing
     */
    AddCommand(Streams streams, SourceArguments more) {
        super(streams);
        this.inputs = new InputOptions(more);
    }

    @Override
    boolean makesStore() {
        return true;
    }

    @Override
    void check() throws UsageException {
        if (exec == null || exec.isBlank()) {
            throw new UsageException(
                    (exec == null ? "nothing to add: give --exec CMD" : "--exec '" + exec + "': CMD is empty")
                            + "; allowed: " + Allowed.after("--exec"));
        }
        inputs.check("add", streams.inIsTerminal(), true);
        options();
        OpenStore.settings(queue.name()); // its name, before a store is made
        try {
            new ShellCommand(exec, ShellCommand.SHELL, inputs.values(), "");
        } catch (IllegalArgumentException e) {
            throw new UsageException("--exec '" + exec + "': " + e.getMessage());
        }
    }

    private EnqueueOptions options() throws UsageException {
        EnqueueOptions options =
                EnqueueOptions.defaults().withPriority(priority).withDelay(delay);
        try {
            return key == null ? options : options.withKey(key);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--key '" + key + "'; allowed: " + Allowed.KEY);
        }
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        opened.checkCodec(queue.name(), CommandCodec.NAME);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "workpool");
        try (InputSource source = inputs.open(streams.in())) {
            EnqueueOptions options = options();
            Commands commands = new Commands(source, exec, inputs.values(), inputs.asOptions());
            DurableQueue<QueuedCommand> to = DurableQueue.open(
                    system,
                    opened.store(),
                    OpenStore.settings(system.settings().config(), queue.name()),
                    new CommandCodec(),
                    QueueOrder.byPriority());
            // Reads on a thread of its own: nobody can interrupt who reads from a terminal.
            CompletableFuture<DurableBatch> added = CompletableFuture.supplyAsync(
                            () -> commands.hasNext()
                                    ? to.enqueueAll(() -> commands, options)
                                    : CompletableFuture.completedFuture((DurableBatch) null),
                            AddCommand::onDaemonThread)
                    .thenCompose(stage -> stage);
            streams.stop().onRequest(() -> added.completeExceptionally(new InterruptedException()));
            out.write(said(added.join(), commands.given()));
            return ExitStatus.OK;
        } catch (CompletionException e) {
            return explain(opened, e.getCause());
        } catch (IllegalStateException e) { // another process has it open, another order, newer tables
            throw opened.failure(e);
        } finally {
            system.terminate();
        }
    }

    private static void onDaemonThread(Runnable task) {
        Thread thread = new Thread(task, "workpool-queue-add");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * What is said of a list.
     *
     * @param batch null if it is empty
     * @param given how many commands it has
     */
    private String said(DurableBatch batch, long given) {
        if (batch == null) {
            return "no inputs; nothing added\n";
        } else if (batch.isNew()) {
            return "batch " + batch.id() + ": added " + jobs(given) + " to queue '" + queue.name() + "'\n";
        }
        return "batch " + batch.id() + ": added before by key '" + key + "', with " + jobs(batch.jobs())
                + (batch.jobs() == given ? "" : "; this list differs, with " + jobs(given)) + "; nothing added\n";
    }

    private static String jobs(long count) {
        return count + (count == 1 ? " job" : " jobs");
    }

    /** Says why nothing was added. */
    private int explain(OpenStore opened, Throwable failure) throws StoreFailure {
        if (failure instanceof InterruptedException) {
            console().say("cancelled; nothing was added, unless it was just being stored");
            return streams.stop().status().orElse(ExitStatus.FAILED);
        } else if (failure instanceof UncheckedIOException e) {
            String what = failure instanceof Unreadable ? "reading inputs" : e.getMessage();
            console().say(what + ": " + Messages.why(e.getCause()) + "; nothing was added");
            return ExitStatus.FAILED;
        } else if (failure instanceof IllegalArgumentException e) {
            console().say(e.getMessage() + "; nothing was added");
            return ExitStatus.FAILED;
        }
        throw opened.failure(failure);
    }

    /** An input could not be read. */
    private static final class Unreadable extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        Unreadable(IOException cause) {
            super(cause);
        }
    }

    /** The commands of the inputs. Used by one thread, and after it has ended by another. */
    private static final class Commands implements Iterator<QueuedCommand> {
        private final InputSource source;
        private final String exec;
        private final int values;
        private final String options;
        private Input next;
        private boolean isAtEnd;
        private long given;

        Commands(InputSource source, String exec, int values, String options) {
            this.source = source;
            this.exec = exec;
            this.values = values;
            this.options = options;
        }

        @Override
        public boolean hasNext() {
            if (next == null && !isAtEnd) {
                try {
                    next = source.next();
                } catch (IOException e) {
                    throw new Unreadable(e);
                }
                isAtEnd = next == null;
            }
            return next != null;
        }

        @Override
        public QueuedCommand next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more inputs");
            }
            QueuedCommand command = QueuedCommand.of(exec, values, options, next);
            next = null;
            given++;
            return command;
        }

        /** How many there were. */
        long given() {
            return given;
        }
    }
}
