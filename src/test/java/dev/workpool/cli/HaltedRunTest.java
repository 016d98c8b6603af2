package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.joblog.JobLine;
import dev.workpool.cli.joblog.JobLogReader;
import dev.workpool.cli.operation.ProcessTree;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --halt} and {@code --rate}. */
@Timeout(60)
class HaltedRunTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstSuccessWinsAndTheOthersAreKilled() throws IOException {
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "10",
                "--halt",
                "now,success=1",
                "--exec",
                "echo $$ >> '" + folder + "/pids'; sleep {} && echo {}",
                "61",
                "62",
                "63",
                "64",
                "1",
                "65",
                "66",
                "67",
                "68",
                "69");
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).isEqualTo("1\n");
        assertThat(ran.sum())
                .matches("workpool: 1 succeeded, 0 failed, 9 cancelled, 10 total in [0-9.]+ s; halted: now,success=1");
        assertThat(Files.readAllLines(folder.resolve("pids"), StandardCharsets.US_ASCII))
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessTree::runs)
                        .isPresent());
        assertThat(ProcessHandle.current().descendants())
                .noneMatch(process -> process.info().commandLine().orElse("").matches(".*sleep 6\\d.*"));
    }

    @Test
    void soonLetsFinishWhatRunsAndStartsNothingMore() throws IOException {
        // The first fails when the second has begun, which ends when the first has failed, and then some.
        String command = "case {} in a) until [ -e b ]; do sleep 0.02; done; exit 1;; "
                + "b) touch b; while kill -0 $(cat a.pid) 2>/dev/null; do sleep 0.02; done; sleep 0.3; echo {};; "
                + "*) echo {};; esac";
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "2",
                "--halt",
                "soon,fail=1",
                "--joblog",
                folder + "/log",
                "--exec",
                "cd '" + folder + "'; echo $$ > {}.tmp; mv {}.tmp {}.pid; " + command,
                "a",
                "b",
                "c",
                "d");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("b\n");
        assertThat(ran.sum())
                .matches("workpool: 1 succeeded, 1 failed, 2 cancelled, 4 total in [0-9.]+ s; halted: soon,fail=1");
        assertThat(lines()).extracting(line -> line.input() + " " + line.kind()).contains("a failed", "b succeeded");
        assertThat(lines())
                .extracting(line -> line.input() + " " + line.kind() + " " + line.attempts())
                .containsExactlyInAnyOrder("a failed 1", "b succeeded 1", "c cancelled 0", "d cancelled 0");
    }

    @Test
    void notOneCommandMoreBegins() {
        for (String halt : List.of("now,fail=1", "soon,fail=1", "now,done=3", "soon,success=2")) {
            Cli.Ran ran = Cli.run(
                    "run",
                    "--workers",
                    "1",
                    "--halt",
                    halt,
                    "--exec",
                    "touch '" + folder + "/{}'; exit {}",
                    "0",
                    "00",
                    "1",
                    "2",
                    "3");
            assertThat(ran.sum()).contains(" 5 total").endsWith("; halted: " + halt);
            assertThat(folder.resolve("2")).doesNotExist();
        }
    }

    @Test
    void aJobThatWaitsForItsNextAttemptIsNotTriedAgain() {
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "1",
                "--retries",
                "2",
                "--backoff",
                "1d",
                "--halt",
                "soon,success=1",
                "--exec",
                "[ {} != a ]",
                "a",
                "b");
        assertThat(ran.status()).isZero();
        assertThat(ran.sum()).startsWith("workpool: 1 succeeded, 0 failed, 1 cancelled, 2 total");
    }

    @Test
    void aSignalEndsWhatAHaltWouldLetFinish() throws Exception {
        Stop stop = new Stop();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                stop,
                "run",
                "--workers",
                "2",
                "--halt",
                "soon,fail=1",
                "--joblog",
                folder + "/log",
                "--exec",
                "[ {} = 1 ] && exit 1; exec sleep 60",
                "0",
                "1",
                "2"));
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(folder.resolve("log")) && !lines().isEmpty());
        assertThat(run).isNotDone();
        stop.request(ExitStatus.ofSignal(2));
        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.sum()).startsWith("workpool: 0 succeeded, 1 failed, 2 cancelled, 3 total");
    }

    @Test
    void aPercentageIsOfTheWhole() {
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "1",
                "--halt",
                "now,done=50%",
                "--exec",
                "echo {}",
                "1",
                "2",
                "3",
                "4",
                "5",
                "6",
                "7",
                "8");
        assertThat(ran.status()).isZero();
        assertThat(ran.lines()).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(ran.sum()).contains("4 cancelled, 8 total").endsWith("; halted: now,done=50%");
    }

    @Test
    void orOfWhatHasEndedWhileTheInputIsOpen() throws Exception {
        try (PipedOutputStream feed = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(feed)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                    in,
                    out,
                    new Stop(),
                    "run",
                    "--halt",
                    "soon,fail=50%",
                    "--input",
                    "-",
                    "--exec",
                    "echo {}; exit {}"));
            feed.write("1\n0\n".getBytes(StandardCharsets.UTF_8));
            feed.flush();
            Awaitility.await().atMost(PoolTest.LONG).until(() -> out.size() == 4);
            assertThat(run).isNotDone();
            feed.write("2\n".getBytes(StandardCharsets.UTF_8));
            feed.flush();
            Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.sum()).startsWith("workpool: 1 succeeded, 2 failed, 0 cancelled, 3 total");
        }
    }

    @Test
    void withAnOrderItIsLookedAtWhenJobsEndAndNotWhenTheyAreShown() {
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "2",
                "--ordered",
                "--halt",
                "now,success=1",
                "--exec",
                "sleep {}; echo {}",
                "60",
                "0");
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).isEqualTo("0\n");
    }

    @Test
    void withAnOrderAPercentageIsLookedAtWhenJobsEndAsWell() {
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "2",
                "--ordered",
                "--halt",
                "now,fail=75%",
                "--exec",
                "sleep {}; exit 1",
                "60",
                "0",
                "00",
                "000");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.sum())
                .matches("workpool: 0 succeeded, 3 failed, 1 cancelled, 4 total in [0-9.]+ s; halted: now,fail=75%");
    }

    /** Neither does a handler count its end here, nor is it a job's turn before the first one's, which never comes. */
    @Test
    void withAnOrderWhatThePoolSaysIsLookedAtWhenItSaysIt() throws Exception {
        try (PipedOutputStream feed = new PipedOutputStream();
                PipedInputStream never = new PipedInputStream(feed)) {
            Cli.Ran ran = Cli.run(
                    never,
                    new ByteArrayOutputStream(),
                    new Stop(),
                    "run",
                    "--workers",
                    "2",
                    "--ordered",
                    "--halt",
                    "now,fail=2",
                    "-",
                    folder + "/1",
                    folder + "/2",
                    folder + "/3");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.sum()).contains(" 4 total").endsWith("; halted: now,fail=2");
            assertThat(ran.sum()).matches("workpool: 0 succeeded, [23] failed, [12] cancelled, .*");
        }
    }

    @Test
    void whatFailsAfterwardsAndWouldHaveBeenTriedAgainIsCancelled() throws IOException {
        // The first fails when the second has ended, and then some.
        String command = "case {} in a) until [ -e b.pid ]; do sleep 0.02; done; "
                + "while kill -0 $(cat b.pid) 2>/dev/null; do sleep 0.02; done; sleep 0.3; exit 1;; "
                + "*) echo $$ > b.tmp; mv b.tmp b.pid;; esac";
        Cli.Ran ran = Cli.run(
                "run",
                "--workers",
                "2",
                "--retries",
                "2",
                "--backoff",
                "1ms",
                "--halt",
                "soon,success=1",
                "--joblog",
                folder + "/log",
                "--exec",
                "cd '" + folder + "'; " + command,
                "a",
                "b");
        assertThat(ran.status()).isZero();
        assertThat(ran.sum()).startsWith("workpool: 1 succeeded, 0 failed, 1 cancelled, 2 total");
        assertThat(lines())
                .extracting(line -> line.input() + " " + line.kind() + " " + line.attempts())
                .containsExactlyInAnyOrder("a cancelled 1", "b succeeded 1");
    }

    @Test
    void whatIsNeverReachedChangesNothing() {
        for (String halt : List.of("never", "now,success=3", "soon,fail=100%")) {
            Cli.Ran ran = Cli.run("run", "--halt", halt, "--exec", "exit {}", "0", "1", "0");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.sum()).isEqualTo("workpool: 2 succeeded, 1 failed, 0 cancelled, 3 total");
        }
    }

    @Test
    void startsKeepWithinTheRate() throws Exception {
        long before = System.nanoTime();
        Cli.Ran ran = Cli.run("run", "--rate", "20/s", "--exec", ": {}", "1", "2", "3", "4", "5", "6", "7", "8");
        double seconds = (System.nanoTime() - before) / 1e9;
        assertThat(ran.sum()).contains("8 succeeded");
        assertThat(8).isLessThanOrEqualTo((int) (2 + 20 * seconds)); // a burst of 2, and the rest one by one

        Stop stop = new Stop();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> slow = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                out,
                stop,
                "run",
                "--rate",
                "3.6/h",
                "--exec",
                "echo {}",
                "a",
                "b"));
        Awaitility.await().atMost(PoolTest.LONG).until(() -> out.size() == 2);
        stop.request(ExitStatus.ofSignal(2));
        assertThat(slow.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS).sum())
                .isEqualTo("workpool: 1 succeeded, 0 failed, 1 cancelled, 2 total");
    }

    private List<JobLine> lines() throws IOException {
        List<JobLine> lines = new ArrayList<>();
        JobLogReader.read(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("log"))), lines::add);
        return lines;
    }
}
