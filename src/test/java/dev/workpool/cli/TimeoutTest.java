package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.joblog.JobLine;
import dev.workpool.cli.joblog.JobLogReader;
import dev.workpool.cli.operation.ProcessTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --timeout} and {@code --retries} of commands. */
@Timeout(120)
class TimeoutTest {
    private static final List<String> SHORT_GRACE = List.of("-Dworkpool.pools.run.cancel-grace=200ms");

    @TempDir
    private Path folder;

    @Test
    void aCommandThatTakesTooLongIsEndedAndSaidSo() throws Exception {
        Cli.Ran ran = Cli.run(
                "run", "--workers", "2", "--timeout", "1s", "--exec", log("out") + "; sleep {}; echo done", "60", "0");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).contains("out 60\n").contains("out 0\ndone\n").hasLineCount(3);
        assertThat(ran.err()).startsWith("workpool: 60: timed out after 1 s\n").hasLineCount(2);
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 1 timed out, 0 cancelled, 2 total");
        assertNothingRuns();
    }

    @Test
    void aCommandThatIgnoresTermIsKilledBeforeTheRunIsOver() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        SHORT_GRACE,
                        "exec \"$@\" run --workers 1 --timeout 1s --exec 'trap \"\" TERM; echo $$ >> " + pids()
                                + "; [ {} = b ] || while :; do sleep 83; done' a b")
                .await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith("workpool: a: timed out after 1 s\n");
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 1 timed out, 0 cancelled, 2 total");
        assertNothingRuns();
    }

    @Test
    void aRetriedCommandBeginsWhenTheOneBeforeIsDead() throws Exception {
        String command = "for p in $(cat " + pids() + "); do kill -0 $p && echo $p runs >> " + folder
                + "/overlap; done; " + "echo $$ >> " + pids() + "; trap \"\" TERM; sleep 84; sleep 84";
        Files.createFile(folder.resolve("pids"));
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        SHORT_GRACE,
                        "exec \"$@\" run --workers 2 --timeout 300ms --retries 3 --backoff 1ms --joblog " + folder
                                + "/log --exec '" + command + "' a")
                .await();
        assertThat(ran.err()).contains("workpool: a: timed out after 300 ms, after 3 attempts\n");
        assertThat(folder.resolve("overlap")).doesNotExist();
        assertNothingRuns();
        JobLine line = lines().get(0);
        assertThat(lines()).hasSize(1);
        assertThat(line.kind()).isEqualTo(Ending.Kind.TIMED_OUT);
        assertThat(line.attempts()).isEqualTo(3);
        assertThat(line.micros()).isBetween(300_000L, 60_000_000L);
        assertThat(line.status()).isEmpty();
    }

    @Test
    void aCommandThatFailsTwiceSucceedsAtTheThirdAttemptOfThree() throws IOException {
        long before = System.currentTimeMillis();
        Cli.Ran ran = runRetrying("3");
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).isEqualTo("attempt 3\n");
        assertThat(ran.err()).isEqualTo("error 3\n" + ran.err().lines().toList().get(1) + "\n");
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total");
        assertThat(lines()).hasSize(1);
        JobLine line = lines().get(0);
        assertThat(line.attempts()).isEqualTo(3);
        assertThat(line.kind()).isEqualTo(Ending.Kind.SUCCEEDED);
        assertThat(line.start().getAsLong()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void whatACommandSaysWhenItIsToldToEndIsShown() {
        Cli.Ran ran = Cli.run(
                "run",
                "--timeout",
                "1s",
                "--exec",
                "trap 'echo cut off; exit' TERM; echo begun; sleep {} & wait",
                "72");
        assertThat(ran.out()).isEqualTo("begun\ncut off\n");
        assertThat(ran.sum()).contains("1 timed out");
    }

    @Test
    void andFailsWithTwo() throws IOException {
        Cli.Ran ran = runRetrying("2");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("attempt 2\n");
        assertThat(ran.err()).startsWith("error 2\nworkpool: x: exit status 1, after 2 attempts\n");
        assertThat(lines())
                .extracting(line -> line.kind() + " " + line.attempts() + " "
                        + line.status().getAsInt())
                .containsExactly("failed 2 1");
    }

    @Test
    void timeOutsCountAsDoneWhenResumedButAreTriedAgainLikeFailures() throws IOException {
        String[] options = {"run", "--joblog", folder + "/log", "--timeout", "1s", "--exec", "sleep {}"};
        run(options, "70", "0");
        Cli.Ran resumed = run(options, "--resume", "70", "0");
        assertThat(resumed.sum()).contains("0 total").contains("skipped 2 ");
        Cli.Ran retried = run(options, "--retry-failed", "70", "0");
        assertThat(retried.sum())
                .contains("0 failed, 1 timed out, 0 cancelled, 1 total")
                .contains("skipped 1 ");
        assertThat(lines())
                .extracting(line -> line.input() + " " + line.kind())
                .containsExactlyInAnyOrder("0 succeeded", "70 timed-out", "70 timed-out");
    }

    @Test
    void withoutOptionsTheConfigurationDecides() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        List.of(
                                "-Dworkpool.pools.run.job-timeout=1s",
                                "-Dworkpool.pools.run.retry.max-attempts=2",
                                "-Dworkpool.pools.run.retry.backoff=1ms"),
                        "\"$@\" run --ordered --exec 'sleep {}' 71 x")
                .await();
        assertThat(ran.err())
                .contains("workpool: 71: timed out after 1 s\n") // retry.timeouts is off
                .contains("workpool: x: exit status 1, after 2 attempts\n");
    }

    @Test
    void standardInputIsNotReadTwice() {
        Cli.Ran ran = Cli.run(
                new Broken(),
                new ByteArrayOutputStream(),
                new Stop(),
                "run",
                "--retries",
                "3",
                "--backoff",
                "1ms",
                "-");
        assertThat(ran.err())
                .startsWith("workpool: -: standard input can be read only once, ")
                .contains(", after 2 attempts");
    }

    private Cli.Ran runRetrying(String retries) {
        return Cli.run(
                "run",
                "--retries",
                retries,
                "--backoff",
                "1ms..5ms",
                "--joblog",
                folder + "/log",
                "--exec",
                "echo . >> " + folder + "/count; n=$(wc -l < " + folder
                        + "/count); echo attempt $n; echo error $n >&2; " + ": {}; [ $n = 3 ]",
                "x");
    }

    private static Cli.Ran run(String[] options, String... more) {
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of(more));
        return Cli.run(line.toArray(String[]::new));
    }

    private String log(String word) {
        return "echo $$ >> " + pids() + "; echo " + word + " {}";
    }

    private String pids() {
        return folder + "/pids";
    }

    /** Right after the run, without waiting: it must not be over before. */
    private void assertNothingRuns() throws IOException {
        assertThat(Files.readAllLines(folder.resolve("pids"), StandardCharsets.US_ASCII))
                .isNotEmpty()
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessTree::runs)
                        .isPresent());
    }

    private List<JobLine> lines() throws IOException {
        List<JobLine> lines = new ArrayList<>();
        JobLogReader.read(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("log"))), lines::add);
        return lines;
    }

    /** An input that breaks off. */
    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the cable is cut");
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            return read();
        }
    }
}
