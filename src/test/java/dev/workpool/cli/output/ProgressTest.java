package dev.workpool.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.Cli;
import dev.workpool.cli.Main;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Tally;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    @Test
    void progressComesAsLinesWhereThereIsNoTerminal() {
        Cli.Ran ran = Cli.run("run", "--progress", "always", "--exec", "echo {}; [ {} != b ]", "a", "b");
        assertThat(ran.out()).doesNotContain("workpool");
        assertThat(ran.err())
                .contains("2/2")
                .contains("1 failed")
                .doesNotContain("\r")
                .doesNotContain("\u001b");
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 1 failed, 0 cancelled, 2 total");
    }

    @Test
    void withoutTerminalThereIsNoneUnlessAskedFor() {
        assertThat(Cli.run("run", "--exec", "echo {}", "a").err()).hasLineCount(1);
    }

    @Test
    void onATerminalALineIsWrittenOverAndGoneBeforeAMessage() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(
                new String[] {"run", "--exec", "exit 1", "a"},
                new Streams(
                        new ByteArrayInputStream(new byte[0]),
                        new ByteArrayOutputStream(),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false,
                        true,
                        true,
                        new Stop()));
        assertThat(status).isEqualTo(1);
        String text = err.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("\r").doesNotContain("\u001b");
        assertThat(lastDrawn(text)).startsWith("workpool: 0 succeeded, 1 failed");
    }

    private static String lastDrawn(String text) {
        return text.substring(text.lastIndexOf('\r') + 1);
    }

    /** Both end up on the same terminal, as in {@code workpool run … | tee log}. */
    @Test
    void itIsGoneBeforeOutputThatGoesToAPipe() {
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        Main.run(
                new String[] {"run", "--workers", "1", "--exec", "sleep {}; echo out {}", "0.5", "0"},
                new Streams(
                        new ByteArrayInputStream(new byte[0]),
                        terminal,
                        new PrintStream(terminal, true, StandardCharsets.UTF_8),
                        false,
                        true,
                        false,
                        true,
                        new Stop()));
        String text = terminal.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("\rworkpool");
        assertThat(text.lines().filter(line -> line.contains("out 0")))
                .as("begins where the line of progress was")
                .hasSize(2)
                .allMatch(line -> line.matches("(.*\r)?out 0(\\.5)?"));
    }

    @Test
    void whatWasCancelledIsNotDone() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Tally tally = new Tally();
        tally.add(Ending.Kind.SUCCEEDED);
        for (int i = 0; i < 9; i++) {
            tally.add(Ending.Kind.CANCELLED);
        }
        try (Progress bar =
                Progress.bar(new Console(new PrintStream(err, true, StandardCharsets.UTF_8), false), false)) {
            bar.show(tally, 10);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("1/10").contains("9 cancelled");
    }

    /** Half of a time would read like another time. */
    @ParameterizedTest
    @CsvSource({
        "10, 'workpool'",
        "20, 'workpool  22% 2/9'",
        "36, 'workpool  22% 2/9 S 1 failed'",
        "40, 'workpool  22% [BAR] 2/9 S 1 failed'",
        "49, 'workpool  22% 2/9 T 1 failed'",
        "55, 'workpool  22% 2/9 T S 1 failed'",
        "80, 'workpool  22% [BAR] 2/9 T S 1 failed'",
    })
    void aPartThatDoesNotFitIsLeftOutAsAWhole(int columns, String expected) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Tally tally = new Tally();
        tally.add(Ending.Kind.SUCCEEDED);
        tally.add(Ending.Kind.FAILED);
        Console console = new Console(new PrintStream(err, true, StandardCharsets.UTF_8), false);
        try (Progress bar = Progress.bar(console, false, () -> columns, Optional::empty)) {
            bar.show(tally, 9);
        }
        String line = Cli.decode(err).lines().reduce((first, second) -> second).orElseThrow();
        assertThat(line.length()).isLessThan(columns);
        assertThat(line.replaceFirst("\\(\\d:\\d\\d:\\d\\d / (\\?|\\d:\\d\\d:\\d\\d)\\)", "T")
                        .replaceFirst("(\\?|[0-9.]+)/s", "S")
                        .replaceFirst("\\[=* +\\]", "[BAR]"))
                .isEqualTo(expected);
    }

    @Test
    void whileNothingRunsItSaysWhatIsWaitedFor() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(err, true, StandardCharsets.UTF_8), false);
        try (Progress bar = Progress.bar(console, false, () -> Optional.of("waiting for jobs; 1 done"))) {
            bar.show(new Tally(), -1);
        }
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).containsOnly("workpool: waiting for jobs; 1 done");
    }

    @Test
    void quietLeavesOutTheSumAndNoMessage() {
        assertThat(Cli.run("run", "--quiet", "--exec", "exit 3", "a").err()).isEqualTo("workpool: a: exit status 3\n");
    }

    @Test
    void messagesAreOneHarmlessLine() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(err, true, StandardCharsets.UTF_8), true);
        console.draw("half way");
        console.say("a\nb\u001b[2Jc\uDCFF: gone");
        assertThat(Cli.decode(err)).isEqualTo("\rhalf way\r        \rworkpool: a\\nb\\x1b[2Jc\uDCFF: gone\n");
    }
}
