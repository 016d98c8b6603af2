package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.input.ListSource;
import dev.workpool.cli.input.RepeatedInputs;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.operation.ProcessTree;
import dev.workpool.cli.text.Names;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TuneTest {
    @TempDir
    private Path folder;

    @Test
    void filesAreHashedAndAPageIsWritten() throws IOException {
        Files.write(folder.resolve("a"), new byte[100_000]);
        Files.write(folder.resolve("b <i>"), new byte[200_000]);
        Path page = folder.resolve("tune.html");
        Files.writeString(page, "old");
        Cli.Ran ran = Cli.run(
                "tune",
                "--for",
                "4s",
                "--workers",
                "1..2",
                "--report",
                page.toString(),
                folder.resolve("a").toString(),
                folder.resolve("b <i>").toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.lines().get(0)).startsWith("workers ").contains("jobs/s", "p50", "p99", "CPU", "failed");
        assertThat(ran.out()).contains("\nrecommended: ", "\nlimited by: ", "<- recommended");
        assertThat(Files.readString(page))
                .startsWith("<!doctype html>")
                .contains("<title>workpool tune --sha256, 2 inputs</title>");
    }

    @Test
    void commandsAreRunOverAndOverAndLeaveNothing() throws IOException {
        Path log = folder.resolve("log");
        Cli.Ran ran = Cli.runWith(
                "a\nb\n",
                "tune",
                "--for",
                "4s",
                "--workers",
                "1..2",
                "--input",
                "-",
                "--exec",
                "echo {} >> " + log + "; seq 20000 # {}");
        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSizeGreaterThan(10).containsOnly("a", "b");
        assertThat(ran.out()).contains("recommended: ").doesNotContain("19999");
    }

    @Test
    void urlsAreFetched() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/x";
            Cli.Ran ran = Cli.run("tune", "--for", "4s", "--workers", "1..2", "--get", url);
            assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out()).contains("recommended: ");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void commandsThatAllFailAreNoRecommendation() {
        Cli.Ran ran = Cli.run("tune", "--for", "1s", "--workers", "1..2", "--exec", "exit 3; :", "a");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).contains("no recommendation: every job failed, ").contains("; the first: exit status 3");
    }

    @Test
    void jobsThatAreTooLongForTheTimeAreSaidToBe() {
        Cli.Ran ran = Cli.run("tune", "--for", "1s", "--workers", "1..8", "--exec", "sleep 0.4; :", "a");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).containsPattern("no recommendation: too little time: .* it takes about [0-9]+");
    }

    @Test
    void noInputsAreSaidToBeNone() {
        Cli.Ran ran = Cli.runWith("", "tune", "--input", "-", "--exec", "true");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).isEqualTo("workpool: no inputs, so there is nothing to tune with\n");
    }

    @Test
    void fewerInputsThanWorkersAreSaidToBe() {
        Cli.Ran ran = Cli.run("tune", "--for", "1s", "--workers", "1..2", "--exec", "exit 3; :", "a");
        assertThat(ran.err())
                .isEqualTo(
                        "workpool: 1 inputs for up to 2 workers: the same input is worked on several times at once\n");
    }

    @Test
    void progressIsShownRoundByRound() {
        Cli.Ran ran =
                Cli.run("tune", "--for", "1s", "--workers", "1..2", "--progress", "always", "--exec", "true", "a");
        assertThat(ran.err()).containsPattern("workpool: \\d+ of 1 s, round 1: 1 workers, [0-9.]+ jobs/s\n");
    }

    @Test
    void aStopEndsItWithWhatThereIs() {
        Path begun = folder.resolve("begun");
        Stop stop = new Stop();
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                InputStream.nullInputStream(),
                new ByteArrayOutputStream(),
                stop,
                "tune",
                "--for",
                "1h",
                "--exec",
                "echo > " + begun + "; sleep 85; :",
                "a"));
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(begun));
        stop.request(130);
        Cli.Ran ran = run.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.out()).contains("no recommendation: it was cancelled before there was enough to tell");
    }

    @Test
    void aStopEndsReadingOfInputs() {
        Stop stop = new Stop();
        CompletableFuture<Boolean> reading = new CompletableFuture<>();
        InputStream endless = new InputStream() {
            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] to, int from, int length) throws IOException {
                reading.complete(true);
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }
        };
        CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(
                () -> Cli.run(endless, new ByteArrayOutputStream(), stop, "tune", "--input", "-"));
        reading.orTimeout(30, TimeUnit.SECONDS).join();
        stop.request(143);
        assertThat(run.orTimeout(30, TimeUnit.SECONDS).join().status()).isEqualTo(143);
    }

    @Test
    void interruptIsExitStatus130AndLeavesNoCommand() throws Exception {
        CliProcess run = CliProcess.start(
                "exec \"$@\" tune --for 1h --workers 1..2 --exec 'echo $$ > " + folder + "/pid; sleep 86; :' a");
        Path pid = folder.resolve("pid");
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(pid) && Files.size(pid) > 0);
        ProcessHandle command =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        run.signal("INT");
        Cli.Ran ran = run.await();
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.out()).contains("no recommendation: it was cancelled");
        Awaitility.await().atMost(PoolTest.LONG).until(() -> !ProcessTree.runs(command));
    }

    @Test
    void aFullDiskIsAnError() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Cli.Ran ran = CliProcess.start("\"$@\" tune --for 1s --workers 1..2 --exec true a b > /dev/full")
                .await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith("workpool: standard output: ").hasLineCount(1);
    }

    @Test
    void onlySoManyInputsAreKept() throws IOException {
        String list = "x\n".repeat(RepeatedInputs.MOST + 5);
        RepeatedInputs inputs = RepeatedInputs.of(new ListSource(new ByteArrayInputStream(Names.encode(list)), false));
        assertThat(inputs.size()).isEqualTo(RepeatedInputs.MOST);
        Job first = inputs.iterator().next();
        assertThat(inputs.iterator().next()).as("a new job each time").isNotSameAs(first);
        assertThat(IntStream.range(0, 3).mapToObj(i -> inputs.iterator().next().input()))
                .containsOnly(first.input());
    }
}
