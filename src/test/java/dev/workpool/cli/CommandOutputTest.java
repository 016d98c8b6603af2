package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.Stop;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tags, lines that are shown at once, and commands that are only shown. */
@Timeout(30)
class CommandOutputTest {
    @TempDir
    private Path folder;

    @Test
    void eachLineHasATag() {
        Cli.Ran ran = Cli.run(
                "run", "-k", "--tag", "--exec", "printf 'x\\n\\ny'; echo err >&2; : {}", ":::", "a b", "c", ":::", "d");
        assertThat(ran.out()).isEqualTo("a b d\tx\na b d\t\na b d\tyc d\tx\nc d\t\nc d\ty");
        assertThat(ran.err()).startsWith("a b d\terr\nc d\terr\nworkpool: ");
    }

    @Test
    void aCommandWithoutOutputHasNoTag() {
        assertThat(Cli.run("run", "--tag", "--exec", ":", "a").out()).isEmpty();
    }

    @Test
    void bytesOfAFailedCommandAreTaggedToo() {
        assertThat(Cli.run("run", "--tag", "--exec", "echo x; false", "\uDCFFa").out())
                .isEqualTo("\uDCFFa\tx\n");
    }

    @Test
    void linesComeOutWhileTheirCommandRuns() throws Exception {
        Path go = folder.resolve("go");
        String command = "echo begun {}; printf par; while ! test -e " + go + "; do sleep 0.01; done; echo tial";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> run = start(out, "--line-buffer", "--tag", "--exec", command, "a");
        await(out, "a\tbegun a\n");
        Files.createFile(go);
        assertThat(run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS).out()).isEqualTo("a\tbegun a\na\tpartial\n");
    }

    @Test
    void inOrderOnlyTheFirstThatRunsShowsLines() throws Exception {
        String wait = "; while ! test -e " + folder + "/{}; do sleep 0.01; done; echo ended {}";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> run =
                start(out, "--lb", "-k", "-j", "3", "--exec", "echo begun {}" + wait, "a", "b", "c");
        await(out, "begun a\n");
        Files.createFile(folder.resolve("c"));
        Files.createFile(folder.resolve("a"));
        await(out, "begun a\nended a\nbegun b\n");
        Files.createFile(folder.resolve("b"));
        assertThat(run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS).out())
                .isEqualTo("begun a\nended a\nbegun b\nended b\nbegun c\nended c\n");
    }

    @Test
    void longOutputComesOutWholeAndLineByLine() {
        Cli.Ran ran = Cli.run(
                "run",
                "--lb",
                "-j",
                "4",
                "--exec",
                "seq -f {}%.0f 20000; seq -f {}%.0f 20000 >&2",
                ":::",
                "a",
                "b",
                "c");
        assertThat(ran.lines()).hasSize(60_000).allMatch(line -> line.matches("[abc]\\d+"));
        for (String name : new String[] {"a", "b", "c"}) {
            assertThat(ran.lines().stream().filter(line -> line.startsWith(name)))
                    .hasSize(20_000)
                    .doesNotHaveDuplicates();
            assertThat(ran.err().lines().filter(line -> line.startsWith(name))).hasSize(20_000);
        }
    }

    @Test
    void linesOfAnAttemptThatFailedHaveBeenShown() {
        Cli.Ran ran = Cli.run(
                "run", "--lb", "--retries", "2", "--backoff", "1ms", "--exec", "echo {}; printf end; false", "a");
        assertThat(ran.out()).isEqualTo("a\na\nend");
    }

    @Test
    void aJobLogTellsOfLinesThatWereShownAtOnce() throws IOException {
        Path log = folder.resolve("log");
        assertThat(Cli.run("run", "--lb", "--joblog", log.toString(), "--exec", "echo {}", "a")
                        .out())
                .isEqualTo("a\n");
        assertThat(Files.readString(log)).hasLineCount(2).endsWith("\ta\n");
    }

    @Test
    void aDryRunShowsCommandsAndRunsNone() {
        Path made = folder.resolve("made");
        Cli.Ran ran = Cli.run(
                "run", "--dry-run", "-j", "8", "--exec", "touch " + made + "; echo {} \"{}\" {#}", "a b", "$x", "it's");
        assertThat(made).doesNotExist();
        assertThat(ran.status()).isZero();
        assertThat(ran.lines())
                .containsExactly(
                        "touch " + made + "; echo 'a b' \"a b\" 1",
                        "touch " + made + "; echo '$x' \"\\$x\" 2",
                        "touch " + made + "; echo 'it'\"'\"'s' \"it's\" 3");
        assertThat(ran.err()).contains("3 succeeded").endsWith("; nothing was run: --dry-run\n");
    }

    @Test
    void aDryRunHasTagsAndObjects() throws IOException {
        assertThat(Cli.run("run", "--dry-run", "--tag", "--exec", "echo", "a b").out())
                .isEqualTo("a b\techo 'a b'\n");
        assertThat(Json.lines(Cli.run("run", "--dry-run", "--format", "ndjson", "--exec", "echo", "a b")
                        .out()))
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("command", "echo 'a b'"));
    }

    @Test
    void aDryRunShowsWhatAResumedOneWouldRunAndAddsNothingToTheLog() throws IOException {
        Path log = folder.resolve("log");
        String name = log.toString();
        assertThat(Cli.run("run", "--dry-run", "--joblog", name, "--exec", "echo", "a")
                        .out())
                .isEqualTo("echo a\n");
        assertThat(log).doesNotExist();
        assertThat(Cli.run("run", "--joblog", name, "--exec", "echo", "a").status())
                .isZero();
        String lines = Files.readString(log);
        assertThat(Cli.run("run", "--dry-run", "--joblog", name, "--resume", "--exec", "echo", "a", "b")
                        .out())
                .isEqualTo("echo b\n");
        assertThat(Files.readString(log)).isEqualTo(lines);
        assertThat(Cli.run("run", "--dry-run", "--joblog", name, "--exec", "cat", "a")
                        .status())
                .isEqualTo(2);
    }

    private static CompletableFuture<Cli.Ran> start(ByteArrayOutputStream out, String... arguments) {
        String[] line = new String[arguments.length + 1];
        line[0] = "run";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        return CompletableFuture.supplyAsync(
                () -> Cli.run(new ByteArrayInputStream(new byte[0]), out, new Stop(), line));
    }

    private static void await(ByteArrayOutputStream out, String text) {
        Awaitility.await()
                .atMost(PoolTest.LONG)
                .until(() -> out.toString(StandardCharsets.UTF_8).equals(text));
    }
}
