package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.operation.ProcessTree;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ExecTest {

    @Test
    void outputComesOutWholeAndStatusDecides() {
        Cli.Ran ran = Cli.runWith(
                "1\n2\n3\n",
                "run",
                "--input",
                "-",
                "--workers",
                "3",
                "--exec",
                "echo a{}; echo e{} >&2; echo b{}; [ {} != 2 ]");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out())
                .hasLineCount(6)
                .contains("a1\nb1\n")
                .contains("a2\nb2\n")
                .contains("a3\nb3\n");
        assertThat(ran.err()).contains("e1\n").contains("e2\nworkpool: 2: exit status 1\n");
        assertThat(ran.sum()).isEqualTo("workpool: 2 succeeded, 1 failed, 0 cancelled, 3 total");
    }

    @Test
    void orderedOutputFollowsTheInputs() {
        String numbers = String.join(
                "\n", IntStream.range(0, 300).mapToObj(Integer::toString).toList());
        Cli.Ran ran = Cli.runWith(
                numbers,
                "run",
                "--input",
                "-",
                "--workers",
                "8",
                "--ordered",
                "--exec",
                "[ $(({} % 50)) != 0 ] || sleep 0.05; echo {}");
        assertThat(ran.out().strip()).isEqualTo(numbers);
    }

    @Test
    void aCommandReadsNothing() {
        assertThat(Cli.runWith("x\nmore", "run", "--input", "-", "--ordered", "--exec", "cat; echo {}")
                        .out())
                .isEqualTo("x\nmore\n");
    }

    @Test
    void aSignalIsNamed() {
        assertThat(Cli.run("run", "--exec", "kill -9 $$; : {}", "x").err())
                .contains("workpool: x: exit status 137 (signal 9)");
    }

    @Test
    void anInputTooLongForTheSystemIsAFailureOfItsJob() {
        Cli.Ran ran = Cli.runWith(
                "a\n" + "x".repeat(131_072) + "\nb\n", "run", "--input", "-", "--ordered", "--exec", "echo {}");
        assertThat(ran.out()).isEqualTo("a\nb\n");
        assertThat(ran.sum()).contains("2 succeeded, 1 failed");
    }

    @Test
    void whatACommandLeavesBehindIsNotWaitedFor(@TempDir Path folder) throws IOException {
        Path pid = folder.resolve("pid");
        Cli.Ran ran = Cli.run("run", "--exec", "sleep 60 & echo $! > '" + pid + "'; echo {}", "x");
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
        assertThat(ran.out()).isEqualTo("x\n");
        assertThat(ran.status()).isZero();
    }

    @Test
    void ndjsonHasStatusAndOutputAlsoOfFailures() throws IOException {
        Cli.Ran ran = Cli.run(
                "run",
                "--format",
                "ndjson",
                "--ordered",
                "--exec",
                "printf 'é\\377%s\\n\"' {}; [ {} = a ] || exit 7",
                "a",
                "b");
        var lines = Json.lines(ran.out());
        assertThat(lines.get(0))
                .containsEntry("outcome", "succeeded")
                .containsEntry("status", 0)
                .containsEntry("stdout", "é\uDCFFa\n\"");
        assertThat(lines.get(1))
                .containsEntry("input", "b")
                .containsEntry("outcome", "failed")
                .containsEntry("status", 7)
                .containsEntry("error", "exit status 7")
                .containsEntry("stdout", "é\uDCFFb\n\"");
    }

    @Test
    void longOutputIsNotCut() throws IOException {
        Cli.Ran ran = Cli.run("run", "--format", "ndjson", "--exec", "yes {} | head -c 3000000", "ab");
        assertThat((String) Json.lines(ran.out()).get(0).get("stdout"))
                .hasSize(3_000_000)
                .startsWith("ab\nab\n");
    }

    @Test
    void stoppingEndsTheWholeTreeOfACommand(@TempDir Path folder) throws Exception {
        Path pids = folder.resolve("pids");
        String command = "echo begun; sh -c 'sleep 70; :' & sleep 71 & echo $$ $! > '" + pids + "'; wait; echo {}";
        Stop stop = new Stop();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                out,
                stop,
                "run",
                "--workers",
                "1",
                "--exec",
                command,
                "a",
                "b",
                "c"));
        Awaitility.await()
                .atMost(PoolTest.LONG)
                .until(() -> Files.exists(pids) && Files.readString(pids).endsWith("\n"));
        List<ProcessHandle> tree = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("sleep 7"))
                .toList();
        assertThat(tree).hasSizeGreaterThanOrEqualTo(3);

        stop.request(ExitStatus.ofSignal(2));

        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 3 cancelled, 3 total");
        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> tree.stream().noneMatch(ProcessTree::runs));
    }
}
