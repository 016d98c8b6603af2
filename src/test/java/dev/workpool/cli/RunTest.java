package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.text.Names;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RunTest {

    @Test
    void inputsAreReadOnlyAsTheyAreNeeded() throws Exception {
        AtomicLong read = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] to, int from, int length) {
                to[from] = '/';
                to[from + 1] = '\n';
                read.incrementAndGet();
                return 2;
            }
        };
        Stop stop = new Stop();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                endless,
                new ByteArrayOutputStream(),
                stop,
                "run",
                "--workers",
                "2",
                "--input",
                "-",
                "--exec",
                "sleep 60; :"));
        Awaitility.await().atMost(PoolTest.LONG).until(() -> read.get() >= 100);
        stop.request(ExitStatus.ofSignal(2));
        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(read.get()).isLessThanOrEqualTo(101);
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 100 cancelled, 100 total");
    }

    @Test
    void outcomesComeOutWhileTheInputIsStillOpen() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> run;
        try (PipedOutputStream feed = new PipedOutputStream()) {
            PipedInputStream in = new PipedInputStream(feed);
            run = CompletableFuture.supplyAsync(
                    () -> Cli.run(in, out, new Stop(), "run", "--input", "-", "--exec", "echo {}"));
            feed.write("one\n".getBytes(StandardCharsets.UTF_8));
            feed.flush();
            Awaitility.await()
                    .atMost(PoolTest.LONG)
                    .until(() -> out.toString(StandardCharsets.UTF_8).equals("one\n"));
        }
        assertThat(run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS).status())
                .isZero();
    }

    @Test
    void stoppingDoesNotWaitForAnInputThatDoesNotCome() throws Exception {
        try (PipedOutputStream feed = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(feed)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Stop stop = new Stop();
            CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(
                    () -> Cli.run(in, out, stop, "run", "--input", "-", "--exec", "echo {}"));
            feed.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
            feed.flush();
            Awaitility.await().atMost(PoolTest.LONG).until(() -> out.size() == 8);
            stop.request(ExitStatus.ofSignal(1));
            Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(ran.status()).isEqualTo(129);
            assertThat(ran.sum()).isEqualTo("workpool: 2 succeeded, 0 failed, 0 cancelled, 2 total");
        }
    }

    @Test
    void whatIsDoneIsShownInOrderAlsoAfterAStop() throws Exception {
        Stop stop = new Stop();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                new ByteArrayInputStream(new byte[0]),
                out,
                stop,
                "run",
                "--ordered",
                "--format",
                "ndjson",
                "--workers",
                "1",
                "--exec",
                "[ {} != 3 ] || sleep 60",
                "1",
                "2",
                "3",
                "4"));
        Awaitility.await()
                .atMost(PoolTest.LONG)
                .until(() -> out.toString(StandardCharsets.UTF_8).lines().count() == 2);
        stop.request(ExitStatus.ofSignal(2));
        Cli.Ran ran = run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(Json.lines(ran.out()))
                .extracting(line -> line.get("input") + " " + line.get("outcome"))
                .containsExactly("1 succeeded", "2 succeeded", "3 cancelled", "4 cancelled");
        assertThat(ran.sum()).isEqualTo("workpool: 2 succeeded, 0 failed, 2 cancelled, 4 total");
    }

    @Test
    void anInputThatBreaksOffIsAnErrorAfterWhatCameBefore() {
        InputStream broken = new InputStream() {
            private boolean begun;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] to, int from, int length) throws IOException {
                if (begun) {
                    throw new IOException("the cable is cut");
                }
                begun = true;
                to[from] = 'x';
                to[from + 1] = '\n';
                return 2;
            }
        };
        Cli.Ran ran =
                Cli.run(broken, new ByteArrayOutputStream(), new Stop(), "run", "--input", "-", "--exec", "echo {}");
        assertThat(ran.out()).isEqualTo("x\n");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).contains("workpool: reading inputs: the cable is cut\n");
        assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total");
    }

    @Test
    void anOutputThatNobodyReadsEndsTheRunWithoutAWord() {
        Cli.Ran ran = runInto("Broken pipe");
        assertThat(ran.status()).isEqualTo(141);
        assertThat(ran.err()).hasLineCount(1);
    }

    @Test
    void anOutputThatIsFullIsAnError() {
        Cli.Ran ran = runInto("No space left on device");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err())
                .startsWith("workpool: standard output: No space left on device\n")
                .hasLineCount(2);
    }

    private static Cli.Ran runInto(String error) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(error);
            }
        };
        Cli.Ran ran = Cli.run(
                new ByteArrayInputStream(Names.encode("x\n".repeat(100_000))),
                full,
                new Stop(),
                "run",
                "--input",
                "-",
                "--exec",
                "echo {}");
        assertThat(ran.sum()).matches("workpool: \\d+ succeeded, 0 failed, \\d+ cancelled, \\d+ total( in .*written)?");
        return ran;
    }
}
