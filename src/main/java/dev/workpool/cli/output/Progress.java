package dev.workpool.cli.output;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.TerminalWidth;
import dev.workpool.cli.job.Tally;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;

/** Shows how far a run is. Used by one thread. */
public interface Progress extends AutoCloseable {

    /** What each line begins with. */
    String TASK = "workpool";

    /** Shows nothing. */
    Progress NONE = (tally, total) -> {};

    /**
     * Shows it.
     *
     * @param total how many jobs there will be; −1 as long as nobody knows
     */
    void show(Tally tally, long total);

    @Override
    default void close() {}

    /**
     * A bar in one line of the console, drawn a few times a second.
     *
     * @param terminal whether lines can be overwritten; if not, they come more slowly
     */
    static Progress bar(Console console, boolean terminal) {
        return bar(console, terminal, Optional::empty);
    }

    /**
     * A bar that gives way to words while nothing runs.
     *
     * @param idle what is waited for; empty while something runs. Called by a thread of the bar's
     */
    static Progress bar(Console console, boolean terminal, Supplier<Optional<String>> idle) {
        return bar(console, terminal, terminal ? new TerminalWidth() : () -> TerminalWidth.USUAL, idle);
    }

    /**
     * A bar for a terminal of a given width.
     *
     * @param columns how many there are. Called by a thread of the bar's
     */
    static Progress bar(Console console, boolean terminal, IntSupplier columns, Supplier<Optional<String>> idle) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(TASK)
                .setInitialMax(-1)
                .setUpdateIntervalMillis(terminal ? 200 : 1000)
                .setRenderer(new ProgressLine())
                .setConsumer(new Line(console, columns, idle))
                .build();
        return new Progress() {
            @Override
            public void show(Tally tally, long total) {
                bar.stepTo(tally.done() - tally.cancelled());
                bar.maxHint(total);
                bar.setExtraMessage(said(tally.failed(), "failed") + said(tally.cancelled(), "cancelled"));
            }

            @Override
            public void close() {
                bar.close();
                console.erase();
            }
        };
    }

    private static String said(long jobs, String what) {
        return jobs == 0 ? "" : " " + jobs + " " + what;
    }

    /** Where the bar is drawn: the library's own consumers start a terminal of theirs. */
    final class Line implements ProgressBarConsumer {
        private final Console console;
        private final IntSupplier columns;
        private final Supplier<Optional<String>> idle;

        Line(Console console, IntSupplier columns, Supplier<Optional<String>> idle) {
            this.console = console;
            this.columns = columns;
            this.idle = idle;
        }

        /** One column less than there are: some terminals begin a new line after the last. */
        @Override
        public int getMaxRenderedLength() {
            return columns.getAsInt() - 1;
        }

        @Override
        public void accept(String line) {
            String drawn = idle.get().map(what -> TASK + ": " + what).orElse(line);
            console.draw(drawn.substring(0, Math.min(drawn.length(), Math.max(0, getMaxRenderedLength()))));
        }

        @Override
        public void close() {}
    }
}
