package dev.workpool.cli.output;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/**
 * A line that fits into the columns that there are. The library cuts its line off, and half a time reads like another time:
 * here a part that does not fit is left out as a whole, the bar first. Used by one thread.
 */
final class ProgressLine extends DefaultProgressBarRenderer {
    /** A shorter one shows nothing. */
    private static final int SHORTEST_BAR = 3;

    ProgressLine() {
        super(
                ProgressBarStyle.ASCII,
                "",
                1,
                true,
                new DecimalFormat("#.0", DecimalFormatSymbols.getInstance(Locale.ROOT)),
                ChronoUnit.SECONDS,
                true,
                ProgressLine::left);
    }

    @Override
    public String render(ProgressState state, int columns) {
        String begin = state.getTaskName();
        String times = "(" + text(state.getTotalElapsed()) + " / " + etaString(state) + ")";
        int room = columns - begin.length();
        String percentage = fitting(percentage(state), room);
        room -= percentage.length();
        String ratio = fitting(ratio(state), room);
        room -= ratio.length();
        String extra = fitting(state.getExtraMessage().strip(), room);
        room -= extra.length();
        String elapsed = fitting(times, room);
        room -= elapsed.length();
        String speed = fitting(speed(state), room);
        room -= speed.length();
        int bar = room - " []".length();
        return begin
                + percentage
                + (bar < SHORTEST_BAR ? "" : " [" + bar(state, bar) + "]")
                + ratio
                + elapsed
                + speed
                + extra;
    }

    /** A part after a blank; nothing if it needs more room than there is. */
    private static String fitting(String part, int room) {
        return part.isEmpty() || part.length() >= room ? "" : " " + part;
    }

    private static String bar(ProgressState state, int length) {
        if (state.isIndefinite()) {
            int at = (int) (state.getCurrent() % length);
            return " ".repeat(at) + "=" + " ".repeat(length - at - 1);
        }
        int done = (int) Math.min(length, Math.floor(state.getNormalizedProgress() * length));
        return "=".repeat(done) + " ".repeat(length - done);
    }

    /** At the speed until now. */
    private static Optional<Duration> left(ProgressState state) {
        long done = state.getCurrent() - state.getStart();
        return state.isIndefinite() || done <= 0
                ? Optional.empty()
                : Optional.of(state.getElapsedAfterStart()
                        .dividedBy(done)
                        .multipliedBy(Math.max(0, state.getMax() - state.getCurrent())));
    }

    private static String text(Duration time) {
        return "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
