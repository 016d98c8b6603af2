package dev.workpool.cli.output;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.TerminalWidth;
import dev.workpool.cli.job.Tally;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a run is. Used by one thread. */
public interface Progress extends AutoCloseable {

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
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("workpool")
                .setInitialMax(-1)
                .setUpdateIntervalMillis(terminal ? 200 : 1000)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .setConsumer(new Line(console, terminal ? new TerminalWidth() : () -> TerminalWidth.USUAL))
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

        Line(Console console, IntSupplier columns) {
            this.console = console;
            this.columns = columns;
        }

        /** One column less than there are: some terminals begin a new line after the last. */
        @Override
        public int getMaxRenderedLength() {
            return columns.getAsInt() - 1;
        }

        @Override
        public void accept(String line) {
            console.draw(line);
        }

        @Override
        public void close() {}
    }
}
