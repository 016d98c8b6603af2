package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.joblog.JobLine;
import dev.workpool.cli.joblog.JobLogReader;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResumeTest {
    /** Fails for what is in the file {@code bad}, and has a tab and a hole at its end. */
    private static final String COMMAND = "echo {}; ! grep -qxF {} bad\t# {}";

    @TempDir
    private Path folder;

    private Path log;
    private Path bad;

    @BeforeEach
    void nameFiles() throws IOException {
        log = folder.resolve("log");
        bad = Files.writeString(folder.resolve("bad"), "b\nd\n");
    }

    @Test
    void aLogTellsHowEachJobEnded() throws IOException {
        long before = System.currentTimeMillis();
        run("a", "b");
        long after = System.currentTimeMillis();
        List<JobLine> lines = lines();
        assertThat(lines)
                .extracting(line -> line.input() + " " + line.kind() + " " + line.attempts() + " "
                        + line.status().getAsInt())
                .containsExactly("a succeeded 1 0", "b failed 1 1");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.start().getAsLong()).isBetween(before, after);
            assertThat(line.micros()).isPositive();
            assertThat(line.operation()).startsWith("--exec echo {};");
        });
    }

    @Test
    void resumingLeavesOutWhatHasEnded() {
        run("a", "b");
        Cli.Ran ran = run("--resume", "a", "b", "c", "d");
        assertThat(ran.out()).isEqualTo("c\nd\n");
        assertThat(ran.err()).doesNotContain("workpool: b:");
        assertThat(ran.sum())
                .matches(
                        "workpool: 1 succeeded, 1 failed, 0 cancelled, 2 total in [0-9.]+ s; skipped 2 that the job log shows as done");
        ran = run("--resume", "a", "b", "c", "d");
        assertThat(ran.status()).isZero();
        assertThat(ran.sum())
                .startsWith("workpool: 0 succeeded, 0 failed, 0 cancelled, 0 total")
                .contains("skipped 4");
    }

    @Test
    void whatFailedIsRetriedUntilItSucceeds() throws IOException {
        run("a", "b", "c", "d");
        assertThat(run("--retry-failed", "a", "b", "c", "d").out()).isEqualTo("b\nd\n");
        Files.writeString(bad, "d\n");
        assertThat(run("--retry-failed", "d", "c", "b", "a").out()).isEqualTo("d\nb\n");
        assertThat(run("--resume", "--retry-failed", "a", "b", "c", "d").out()).isEqualTo("d\n");
        assertThat(run("--resume", "a", "b", "c", "d").out()).isEmpty();
    }

    @Test
    void resumingWithoutALogBeginsOne() {
        assertThat(run("--resume", "a").sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total");
        assertThat(run("--resume", "a").sum()).contains("skipped 1 ");
    }

    @Test
    void withoutResumeAllIsRunAndAppended() throws IOException {
        run("a", "b");
        assertThat(run("a", "c").out()).isEqualTo("a\nc\n");
        assertThat(lines()).extracting(JobLine::input).containsExactly("a", "b", "a", "c");
    }

    @Test
    void aLogThatIsDamagedInTheMiddleIsRefusedWithTheWayOn() throws IOException {
        run("a", "c", "e");
        List<String> lines = new ArrayList<>(Files.readAllLines(log));
        lines.set(2, lines.get(2).substring(20));
        Files.write(log, lines);
        Cli.Ran refused = run("--resume", "a", "c", "e");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .contains("line 3 is not one of a job log")
                .contains("--resume-from-good with --resume");
        Cli.Ran resumed = run("--resume", "--resume-from-good", "a", "c", "e");
        assertThat(resumed.out()).isEqualTo("c\n");
        assertThat(resumed.err()).contains("1 damaged lines left out; their jobs run again");
        assertThat(run("--resume", "--resume-from-good", "a", "c", "e").out()).isEmpty();
    }

    @Test
    void sameInputsAreCounted() throws IOException {
        run("x", "y", "x");
        assertThat(lines()).extracting(JobLine::occurrence).containsExactly(1, 1, 2);
        Cli.Ran ran = run("--resume", "x", "x", "x", "y", "y");
        assertThat(ran.out()).isEqualTo("x\ny\n");
        assertThat(ran.sum()).contains("skipped 3 ");
        run("x"); // the first one once more, which is done all the same
        assertThat(run("--resume", "x", "x", "x", "x").out()).isEqualTo("x\n");
    }

    @Test
    void noByteOfAnInputIsLost() throws IOException {
        String inputs = "new\nline\0tab\t\0\\n\0\uDCFF\0é\0\0'\0" + "w".repeat(70_000) + "\0";
        String[] options = {"run", "--joblog", log.toString(), "--resume", "--input", "-", "--null", "--exec", ": {}"};
        assertThat(Cli.runWith(inputs, options).sum()).contains("8 succeeded");
        assertThat(lines()).extracting(JobLine::input).containsExactlyInAnyOrder(inputs.split("\0"));
        assertThat(Cli.runWith(inputs, options).sum()).contains("0 total").contains("skipped 8 ");
    }

    @Test
    void whatWasCancelledIsRunAgain() throws Exception {
        Stop stop = new Stop();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String command = "[ {} = a ] || [ -e '" + folder + "/go' ] || sleep 60; echo {}";
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                out,
                stop,
                "run",
                "--joblog",
                log.toString(),
                "--workers",
                "1",
                "--exec",
                command,
                "a",
                "b",
                "c"));
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(log) && lines().size() == 1);
        stop.request(ExitStatus.ofSignal(2));
        run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(lines())
                .extracting(line -> line.input() + " " + line.kind())
                .startsWith("a succeeded")
                .containsExactlyInAnyOrder("a succeeded", "b cancelled", "c cancelled");
        assertThat(lines())
                .filteredOn(line -> line.input().equals("c"))
                .allMatch(line -> line.start().isEmpty() && line.attempts() == 0);

        Files.createFile(folder.resolve("go"));
        Cli.Ran ran =
                Cli.run("run", "--joblog", log.toString(), "--resume", "--ordered", "--exec", command, "a", "b", "c");
        assertThat(ran.out()).isEqualTo("b\nc\n");
    }

    @Test
    void aResultThatWasNotWrittenIsNotDone() throws IOException {
        Cli.Ran ran = Cli.run(
                new ByteArrayInputStream(new byte[0]),
                new Full(),
                new Stop(),
                "run",
                "--joblog",
                log.toString(),
                "--exec",
                "echo {}",
                "a");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(lines()).isEmpty();
    }

    @Test
    void progressLeavesOutWhatIsSkipped() {
        run("a", "c");
        Cli.Ran ran = run("--resume", "--progress", "always", "a", "c", "e", "f");
        assertThat(ran.err()).contains("2/2").doesNotContain("/4");
    }

    @Test
    void theLogItselfIsNotHashed() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), log);
        Cli.Ran ran = Cli.run("run", "--joblog", log.toString(), folder.toString(), log.toString());
        assertThat(ran.lines()).hasSize(1).allMatch(line -> line.endsWith(bad.toString()));
        assertThat(ran.err())
                .contains("workpool: " + log + ": left out: the job log of this run\n")
                .contains("workpool: " + folder + "/link: left out: the job log of this run\n");
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total");
        assertThat(lines()).extracting(JobLine::status).allMatch(status -> status.isEmpty());
    }

    @Test
    void aLogThatCannotBeOneIsWrongUsage() throws IOException {
        Path list = Files.writeString(folder.resolve("list"), "a\n");
        assertWrong(folder.toString(), "a folder; allowed: ", "x");
        assertWrong(list.toString(), "not a job log, ", "x");
        assertWrong(list.toString(), "the list of inputs '" + list + "'; allowed: ", "--input", list.toString());
        assertWrong(list + "/log", "; allowed: ", "x");
        run("a");
        assertWrong(log.toString(), "its jobs are those of '--exec echo {}; ", "--get", "http://x");
        assertWrong(log.toString(), "its jobs are those of '--exec echo {}; ", "--exec", "true", "x");
        assertThat(list).hasContent("a\n");
    }

    @Test
    void aLogThatCannotBeWrittenToIsWrongUsage() throws IOException {
        run("a");
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(log), "the superuser may write anything");
        assertWrong(log.toString(), "permission denied; allowed: ", "x");
    }

    private void assertWrong(String name, String why, String... more) {
        List<String> line = new ArrayList<>(List.of("run", "--joblog", name));
        line.addAll(List.of(more));
        Cli.Ran ran = Cli.run(line.toArray(String[]::new));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .startsWith("workpool: --joblog '" + name + "': ")
                .contains(why)
                .hasLineCount(1);
    }

    /** Runs the command for inputs, one after another. */
    private Cli.Ran run(String... more) {
        List<String> line = new ArrayList<>(List.of("run", "--joblog", log.toString(), "--workers", "1", "--exec"));
        line.add(COMMAND.replace("bad", "'" + bad + "'"));
        line.addAll(List.of(more));
        return Cli.run(line.toArray(String[]::new));
    }

    private List<JobLine> lines() throws IOException {
        List<JobLine> lines = new ArrayList<>();
        JobLogReader.read(new ByteArrayInputStream(Files.readAllBytes(log)), lines::add);
        return lines;
    }

    /** A disk without room. */
    private static final class Full extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }
}
