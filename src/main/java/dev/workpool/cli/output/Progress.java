package dev.workpool.cli.output;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.job.Tally;
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
                .setConsumer(new Line(console))
                .build();
        return new Progress() {
            @Override
            public void show(Tally tally, long total) {
                bar.stepTo(tally.done());
                bar.maxHint(total);
                bar.setExtraMessage(tally.failed() > 0 ? " " + tally.failed() + " failed" : "");
            }

            @Override
            public void close() {
                bar.close();
                console.erase();
            }
        };
    }

    /** Where the bar is drawn: the library's own consumers ask the terminal for its width, which needs programs to run. */
    final class Line implements ProgressBarConsumer {
        private static final int WIDTH = 79;

        private final Console console;

        Line(Console console) {
            this.console = console;
        }

        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String line) {
            console.draw(line);
        }

        @Override
        public void close() {}
    }
}
