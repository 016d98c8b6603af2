package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.ActorRef;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cli.console.Stop;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose jobs are done by workers in processes of their own. */
@Timeout(120)
class ClusterRunTest {
    private static final List<String> OPTIONS =
            List.of("-Dconfig.file=conf/application.conf", "-Dakka.loglevel=OFF", "-Dworkpool.cluster.lease=1s");

    @TempDir
    private Path folder;

    private String meeting;

    @BeforeEach
    void choosePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            meeting = "127.0.0.1:" + free.getLocalPort();
        }
    }

    private ChildJvm worker(String... more) {
        return start(Stream.concat(Stream.of("worker", "--join", meeting), Stream.of(more)));
    }

    private ChildJvm run(String... more) {
        return start(Stream.concat(Stream.of("run", "--cluster", meeting), Stream.of(more)));
    }

    private static ChildJvm start(Stream<String> line) {
        return ChildJvm.start(OPTIONS, Main.class, line.toArray(String[]::new));
    }

    private static void terminate(ChildJvm jvm) {
        ProcessHandle.of(jvm.pid()).orElseThrow().destroy();
    }

    /** What it has written but for messages. */
    private static List<String> results(ChildJvm run) {
        return run.lines().stream()
                .filter(line -> !line.startsWith("workpool:"))
                .toList();
    }

    private static String[] with(List<String> inputs, String... options) {
        return Stream.concat(Stream.of(options), inputs.stream()).toArray(String[]::new);
    }

    private static List<String> inputs(int count) {
        return IntStream.range(0, count).mapToObj(i -> "input-" + i).toList();
    }

    /** A command that writes its input into a file, and waits until it may go on. */
    private String waitingCommand() {
        return "echo {} >> %1$s/begun; while [ ! -e %1$s/go ]; do sleep 0.05; done; echo {}".formatted(folder);
    }

    private List<String> begun() throws IOException {
        Path file = folder.resolve("begun");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** In this JVM, with the lease that is the default. */
    private Cli.Ran runHere(String... more) {
        return Cli.run(Stream.concat(Stream.of("run", "--cluster", meeting), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void aWorkerWaitsForOneRunAfterAnother() throws Exception {
        try (ChildJvm worker = worker("-n", "2")) {
            worker.awaitLine("waiting for a run at " + meeting);
            Cli.Ran ran = runHere("--ordered", "--exec", "echo {#} {}; exit $(({#} % 3))", ":::", "a", "b", "c");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.lines()).containsExactly("1 a", "2 b", "3 c");
            assertThat(ran.err()).contains("workpool: a: exit status 1\n", "workpool: b: exit status 2\n");
            assertThat(ran.sum()).isEqualTo("workpool: 1 succeeded, 2 failed, 0 cancelled, 3 total");
            worker.awaitLine("joined " + meeting);

            Path log = folder.resolve("log");
            ran = runHere("--joblog", log.toString(), "src/docs/cli.md", "no/such/file");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.out()).isEqualTo(Cli.run("run", "src/docs/cli.md").out());
            assertThat(ran.err()).contains("workpool: no/such/file: no such file or folder\n");
            assertThat(Files.readAllLines(log).get(1)).matches("\\d+\\.\\d+\t0\\.\\d+\t1\t(succeeded|failed)\t.*");

            terminate(worker);
            assertThat(worker.awaitExit()).isZero();
            worker.awaitLine("workpool: left; 5 jobs done");
        }
    }

    /** Nobody would miss it otherwise, and it would do nothing for ever. */
    @Test
    void aWorkerThatCannotWorkAnyMoreEnds() throws Exception {
        ActorSystem<Void> outsider = ActorSystem.create(
                Behaviors.empty(),
                "outsider",
                ConfigFactory.parseString("akka { loglevel = OFF, remote.artery.canonical.port = 0 }")
                        .withFallback(ConfigFactory.parseResources("workpool-cluster.conf"))
                        .withFallback(ConfigFactory.load())
                        .resolve());
        try (ChildJvm worker = worker("--bind", meeting)) {
            worker.awaitLine("listening at " + meeting);
            Adapter.toClassic(outsider)
                    .actorSelection("akka://workpool@" + meeting + "/system/workpool-workers-*")
                    .tell(PoisonPill.getInstance(), ActorRef.noSender());
            assertThat(worker.awaitExit()).isEqualTo(1);
            worker.awaitLine("workpool: the workers have stopped");
        } finally {
            outsider.terminate();
        }
    }

    @Test
    void aRunWaitsForWorkersAndSoDoesAnotherRun() throws Exception {
        try (ChildJvm first = run("--exec", waitingCommand(), "a", "b")) {
            first.awaitLine("waiting for workers: start some by workpool worker --join " + meeting);
            try (ChildJvm worker = worker("-n", "3")) {
                await().atMost(PoolTest.LONG).until(() -> begun().size() == 2);
                assertThat(runHere("--exec", "echo {}", ":::", "c").out()).isEqualTo("c\n");
                Files.createFile(folder.resolve("go"));
                assertThat(first.awaitExit()).isZero();
                assertThat(results(first)).containsExactlyInAnyOrder("a", "b");
                assertThat(worker.isAlive()).isTrue();
            }
        }
    }

    @Test
    void theJobsOfAWorkerThatIsKilledAreDoneByAnother() throws Exception {
        List<String> inputs = inputs(20);
        try (ChildJvm run = run(with(inputs, "--exec", waitingCommand()));
                ChildJvm killed = worker("-n", "2")) {
            killed.awaitLine("joined " + meeting);
            await().atMost(PoolTest.LONG).until(() -> begun().size() == 2);
            killed.kill();
            Files.createFile(folder.resolve("go"));
            try (ChildJvm other = worker("-n", "2")) {
                assertThat(run.awaitExit()).isZero();
                assertThat(results(run)).containsExactlyInAnyOrderElementsOf(inputs);
                assertThat(begun()).hasSize(22);
                assertThat(other.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aWorkerThatIsToldToEndFinishesWhatRunsAndLosesNothing() throws Exception {
        List<String> inputs = inputs(20);
        CompletableFuture<Cli.Ran> run =
                CompletableFuture.supplyAsync(() -> runHere(with(inputs, "--exec", waitingCommand())));
        try (ChildJvm leaving = worker("-n", "2");
                ChildJvm other = worker("-n", "1")) {
            await().atMost(PoolTest.LONG).until(() -> begun().size() == 3);
            terminate(leaving);
            Files.createFile(folder.resolve("go"));
            assertThat(leaving.awaitExit()).isZero();
            assertThat(PoolTest.get(run).status()).isZero();
            assertThat(PoolTest.get(run).lines()).containsExactlyInAnyOrderElementsOf(inputs);
            assertThat(begun()).containsExactlyInAnyOrderElementsOf(inputs);
            assertThat(other.isAlive()).isTrue();
        }
    }

    @Test
    void aRunThatIsCancelledEndsItsCommands() throws Exception {
        try (ChildJvm worker = worker("--bind", meeting, "-n", "1")) {
            worker.awaitLine("listening at " + meeting + ", with 1 workers");
            Stop stop = new Stop();
            CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                    InputStream.nullInputStream(),
                    new ByteArrayOutputStream(),
                    stop,
                    "run",
                    "--cluster",
                    meeting,
                    "--exec",
                    "trap 'echo > " + folder + "/ended; exit' TERM; echo > " + folder
                            + "/begun; while :; do sleep 0.05; done; : {}",
                    "a",
                    "b"));
            await().atMost(PoolTest.LONG).until(() -> begun().size() == 1);
            stop.request(130);
            assertThat(PoolTest.get(run).status()).isEqualTo(130);
            assertThat(PoolTest.get(run).sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 2 cancelled, 2 total");
            await().atMost(PoolTest.LONG).until(() -> Files.exists(folder.resolve("ended")));
        }
    }

    @Test
    void aRunThatWaitsForANodeCanBeCancelled() throws Exception {
        try (ServerSocket noNode = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Stop stop = new Stop();
            CompletableFuture<Cli.Ran> run = CompletableFuture.supplyAsync(() -> Cli.run(
                    InputStream.nullInputStream(),
                    new ByteArrayOutputStream(),
                    stop,
                    "run",
                    "--cluster",
                    "127.0.0.1:" + noNode.getLocalPort(),
                    "src/docs/cli.md"));
            noNode.accept().close();
            stop.request(130);
            assertThat(PoolTest.get(run).status()).isEqualTo(130);
        }
    }

    @Test
    void aSettingThatIsNotAllowedIsWrongUsage() throws Exception {
        try (ChildJvm worker = ChildJvm.start(
                List.of("-Dconfig.file=conf/application.conf", "-Dworkpool.cluster.lease=0s"),
                Main.class,
                "worker",
                "--join",
                meeting,
                "--bind",
                meeting)) {
            assertThat(worker.awaitExit()).isEqualTo(2);
            worker.awaitLine("workpool: workpool.cluster.lease = 0s; allowed: 1s to 1 hour");
        }
    }

    @Test
    void anAddressThatIsTakenIsWrongUsageWhereNobodyElseCanListen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Cli.Ran ran = Cli.run("run", "--cluster", address, "--bind", address, "x");
            assertThat(ran.status()).isEqualTo(2);
            assertThat(ran.err()).startsWith("workpool: --bind " + address + ": cannot listen there; allowed: ");
        }
    }
}
