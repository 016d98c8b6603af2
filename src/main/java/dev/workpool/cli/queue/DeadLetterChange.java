package dev.workpool.cli.queue;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.queue.store.OpenStore;
import dev.workpool.cli.queue.store.StoreFailure;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.QueueAdmin;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What is done to dead letters that somebody has chosen: by their numbers, or many at once, of which the number is told first. Then a
 * terminal is asked, and elsewhere {@code --yes} has to say so.
 */
abstract class DeadLetterChange extends StoreCommand {
    @Mixin
    private QueueOption queue = new QueueOption();

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Numbers, as workpool queue dead --list shows them.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "All dead letters of the queue.")
    private boolean all;

    @Option(names = "--error", paramLabel = "TEXT", description = "Those whose error has TEXT in it.")
    private String error;

    @Option(
            names = {"-y", "--yes"},
            description = "Do it without asking. Needed with --all and --error if standard input is no terminal.")
    private boolean yes;

    @Option(
            names = {"--dry-run", "--dryrun"},
            description = "Say how many there are, and do nothing.")
    private boolean dryRun;

    DeadLetterChange(Streams streams) {
        super(streams);
    }

    /** What it does, in the imperative, and in the past tense. */
    abstract List<String> verb();

    /**
     * What was done.
     *
     * @param letters to how many dead letters
     * @param batches in which they are jobs again, in order; empty if there are none
     */
    record Changed(long letters, List<Long> batches) {
        private static final int MOST = 10;

        @Override
        public String toString() {
            String few = batches.stream().limit(MOST).map(String::valueOf).collect(Collectors.joining(", "));
            int more = batches.size() - MOST;
            return words(letters)
                    + (batches.isEmpty() ? "" : batches.size() == 1 ? " as batch " + few : " as batches " + few)
                    + (more > 0 ? " and " + more + " more" : "");
        }
    }

    /** Does it. */
    abstract Changed change(OpenStore opened, QueueAdmin admin, Set<Long> chosen)
            throws StoreFailure, InterruptedException;

    @Override
    void check() throws UsageException {
        int ways = (ids.isEmpty() ? 0 : 1) + (all ? 1 : 0) + (error == null ? 0 : 1);
        if (ways == 0) {
            throw new UsageException("nothing to " + verb().get(0) + ": give ID..., --error TEXT or --all");
        } else if (ways > 1) {
            throw new UsageException("ID, --error and --all exclude each other; allowed: one of them");
        }
        for (String each : ids) {
            if (!each.matches("\\d{1,18}")) {
                throw new UsageException("ID '" + each + "'; allowed: " + Allowed.DEAD_LETTER);
            }
        }
    }

    @Override
    int run(OpenStore opened, Sink out) throws UsageException, StoreFailure, IOException, InterruptedException {
        QueueAdmin admin = opened.admin(queue.name());
        Set<Long> chosen = new LinkedHashSet<>(opened.get(() -> admin.deadLetterIds(
                failure -> error == null || ErrorText.of(failure).contains(error))));
        boolean areNamed = !ids.isEmpty();
        if (areNamed) {
            Set<Long> named = ids.stream().map(Long::valueOf).collect(Collectors.toCollection(LinkedHashSet::new));
            for (long each : named) {
                if (!chosen.contains(each)) {
                    console().say("ID " + each + ": no such dead letter in queue '" + queue.name() + "'");
                }
            }
            areNamed = chosen.containsAll(named);
            chosen.retainAll(named);
            return isWanted(opened, out, chosen.size(), true)
                    ? done(opened, admin, out, chosen, areNamed)
                    : ExitStatus.OK;
        }
        if (!isWanted(opened, out, chosen.size(), yes || chosen.isEmpty())) {
            return dryRun || streams.inIsTerminal() ? ExitStatus.OK : ExitStatus.USAGE;
        }
        return done(opened, admin, out, chosen, true);
    }

    private int done(OpenStore opened, QueueAdmin admin, Sink out, Set<Long> chosen, boolean isAll)
            throws StoreFailure, IOException, InterruptedException {
        out.write(verb().get(1) + " " + change(opened, admin, chosen) + "\n");
        return isAll ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /** Says how many there are, and finds out whether they are meant. */
    private boolean isWanted(OpenStore opened, Sink out, int count, boolean isSaid) throws IOException {
        if (dryRun) {
            out.write("would " + verb().get(0) + " " + words(count) + " of queue '" + queue.name() + "' of "
                    + opened.name() + "; nothing was done: --dry-run\n");
            return false;
        } else if (isSaid) {
            return true;
        }
        String question = verb().get(0) + " " + words(count) + " of queue '" + queue.name() + "' of " + opened.name();
        if (!streams.inIsTerminal()) {
            console().say("this would " + question + "; nothing was done: give --yes");
            return false;
        }
        String asked = question.substring(0, 1).toUpperCase(Locale.ROOT) + question.substring(1) + "? [y/N] ";
        streams.err().print(asked);
        streams.err().flush();
        StringBuilder answer = new StringBuilder();
        for (int c = streams.in().read(); c >= 0 && c != '\n'; c = streams.in().read()) {
            answer.append((char) c);
        }
        boolean isMeant = answer.toString().strip().toLowerCase(Locale.ROOT).matches("y|yes");
        if (!isMeant) {
            console().say("nothing was done");
        }
        return isMeant;
    }

    private static String words(long count) {
        return count == 1 ? "1 dead letter" : count + " dead letters";
    }
}
