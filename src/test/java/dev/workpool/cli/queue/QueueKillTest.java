package dev.workpool.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.cli.Cli;
import dev.workpool.cli.CliProcess;
import dev.workpool.cli.joblog.JobLogReader;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers in processes of their own, which share a queue, are killed, and are told to end. */
class QueueKillTest {
    private static final int JOBS = 400;

    /** So that what a process held that was killed is soon taken over on PostgreSQL; on SQLite it is at once. */
    private static final List<String> JVM = List.of("-Dworkpool.durable.lease=3s");

    /** The tests, of whichever store. */
    abstract static class Tests {
        @TempDir
        Path folder;

        private String store;
        private Path ran;

        abstract String createStore();

        @BeforeEach
        void create() throws IOException {
            store = createStore();
            ran = Files.createFile(folder.resolve("ran"));
        }

        private CliProcess start(String options) throws IOException {
            return CliProcess.start(
                    Map.of(),
                    JVM,
                    "cd " + folder + "; exec \"$@\" queue " + options.replace("STORE", "'" + store + "'"));
        }

        private Cli.Ran good(CliProcess process) throws Exception {
            Cli.Ran ended = process.await();
            assertThat(ended.status()).as(ended.err()).isZero();
            return ended;
        }

        private List<String> ran() throws IOException {
            return Files.readAllLines(ran);
        }

        @Test
        void noCommandIsLostWhenAWorkerIsKilledWhileMoreAreAdded() throws Exception {
            good(start("add --store STORE --exec 'echo {} >> ran; sleep 0.02; echo {}' 0"));
            CliProcess first = start("work --store STORE --workers 2 --joblog log1");
            await().atMost(PoolTest.LONG).until(() -> !ran().isEmpty() || first.hasEnded());
            String inputs = IntStream.range(1, JOBS).mapToObj(String::valueOf).collect(Collectors.joining(" "));
            CliProcess add = start("add --store STORE --exec 'echo {} >> ran; sleep 0.02; echo {}' ::: " + inputs);
            await().atMost(PoolTest.LONG).until(() -> ran().size() > 60 || first.hasEnded());
            assertThat(first.hasEnded()).isFalse();
            first.kill();
            Cli.Ran killed = first.await();
            Set<String> begunThere = new HashSet<>(ran());
            good(add);

            CliProcess second = start("work --store STORE --workers 2 --until-empty --joblog log2");
            CliProcess third = start("work --store STORE --workers 2 --until-empty --joblog log3");
            Cli.Ran two = good(second);
            Cli.Ran three = good(third);

            Set<String> all = IntStream.range(0, JOBS).mapToObj(String::valueOf).collect(Collectors.toSet());
            assertThat(new HashSet<>(ran())).as("commands that ran").isEqualTo(all);
            List<String> shown = new ArrayList<>(killed.lines());
            shown.addAll(two.lines());
            shown.addAll(three.lines());
            assertThat(new HashSet<>(shown)).as("results that were shown").isEqualTo(all);
            Set<String> logged = new HashSet<>(logged("log1"));
            logged.addAll(logged("log2"));
            logged.addAll(logged("log3"));
            assertThat(logged).as("jobs in the logs").isEqualTo(all);
            assertThat(two.lines()).isNotEmpty();
            assertThat(three.lines()).isNotEmpty();
            assertThat(twice()).as("commands that ran twice").isSubsetOf(begunThere);
            assertThat(Cli.run("queue", "status", "--store", store).out()).containsPattern("default +0 +0 +0 +0 ");
        }

        private Set<String> twice() throws IOException {
            Set<String> once = new HashSet<>();
            return ran().stream().filter(input -> !once.add(input)).collect(Collectors.toSet());
        }

        private List<String> logged(String log) throws IOException {
            List<String> inputs = new ArrayList<>();
            JobLogReader.read(
                    new ByteArrayInputStream(Files.readAllBytes(folder.resolve(log))),
                    line -> inputs.add(line.input()));
            return inputs;
        }

        @Test
        void aWorkerThatIsToldToEndFinishesWhatRunsAndGivesBackTheRest() throws Exception {
            good(start(
                    "add --store STORE --exec 'echo {} >> ran; until test -e go; do sleep 0.02; done; echo {}' a b c"));
            CliProcess worker = start("work --store STORE --workers 1 --joblog log");
            await().atMost(PoolTest.LONG).until(() -> ran().size() == 1 || worker.hasEnded());
            worker.signal("TERM");
            await().atMost(PoolTest.LONG)
                    .until(() ->
                            Cli.run("queue", "status", "--store", store).out().matches("(?s).*default +2 +0 +1 .*"));
            assertThat(worker.hasEnded()).isFalse();
            Cli.Ran second = start("work --store STORE --joblog log").await();
            assertThat(second.status()).as("of a worker with the same log").isEqualTo(2);
            assertThat(second.err()).startsWith("workpool: --joblog 'log': another run is writing to it; allowed: ");
            Files.createFile(folder.resolve("go"));
            Cli.Ran ended = worker.await();
            assertThat(ended.status()).isEqualTo(143);
            assertThat(ended.lines()).isEqualTo(ran());
            assertThat(ended.err().lines())
                    .contains(
                            "workpool: waiting for 1 command to finish; a second Ctrl-C ends it, and gives its job back");
            assertThat(ended.sum())
                    .startsWith("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total")
                    .endsWith("; 2 given back");
            assertThat(good(start("work --store STORE --until-empty")).lines()).hasSize(2);
            assertThat(ran()).containsExactlyInAnyOrder("a", "b", "c");
        }

        @Test
        void aSecondSignalEndsTheCommandsAndGivesThemBack() throws Exception {
            good(start("add --store STORE --exec 'echo {} $$ >> ran; test -e go || exec sleep 300' a"));
            CliProcess worker = start("work --store STORE --workers 1");
            await().atMost(PoolTest.LONG).until(() -> ran().size() == 1 || worker.hasEnded());
            worker.signal("INT");
            await().atMost(PoolTest.LONG).until(() -> {
                worker.signal("INT"); // one that comes together with the first is not a second one
                return worker.hasEnded();
            });
            Cli.Ran ended = worker.await();
            assertThat(ended.status()).isEqualTo(130);
            assertThat(ended.err().lines())
                    .filteredOn(line -> line.contains("given back"))
                    .hasSize(1);
            assertThat(ended.sum())
                    .isEqualTo("workpool: 0 succeeded, 0 failed, 0 cancelled, 0 total in " + seconds(ended)
                            + " s; 1 given back");
            assertThat(ProcessHandle.of(Long.parseLong(ran().get(0).replaceFirst(".* ", "")))
                            .filter(ProcessHandle::isAlive))
                    .isEmpty();
            assertThat(Cli.run("queue", "status", "--store", store).out()).containsPattern("default +1 +0 +0 +0 ");
            Files.createFile(folder.resolve("go"));
            good(start("work --store STORE --until-empty"));
            assertThat(ran()).hasSize(2);
        }

        @Test
        void aCommandThatCtrlCReachesIsGivenBackAndNotBuried() throws Exception {
            good(start("add --store STORE --exec 'echo {} $$ >> ran; test -e go || exec sleep 300' a"));
            CliProcess worker = start("work --store STORE --workers 1");
            await().atMost(PoolTest.LONG).until(() -> ran().size() == 1 || worker.hasEnded());
            worker.signal("INT");
            long command = Long.parseLong(ran().get(0).replaceFirst(".* ", ""));
            new ProcessBuilder("kill", "-INT", String.valueOf(command)).start().waitFor();
            Cli.Ran ended = worker.await();
            assertThat(ended.status()).isEqualTo(130);
            assertThat(ended.sum())
                    .isEqualTo("workpool: 0 succeeded, 0 failed, 0 cancelled, 0 total in " + seconds(ended)
                            + " s; 1 given back");
            assertThat(Cli.run("queue", "status", "--store", store).out()).containsPattern("default +1 +0 +0 +0 ");
        }

        private String seconds(Cli.Ran ended) {
            return ended.sum().replaceFirst(".* in ([0-9.]+) s.*", "$1");
        }
    }

    @Nested
    @Timeout(180)
    class OnSqlite extends Tests {
        @Override
        String createStore() {
            return TestStores.sqlite(folder);
        }
    }

    @Nested
    @NeedsPostgres
    @Timeout(180)
    class OnPostgres extends Tests {
        @Override
        String createStore() {
            return TestStores.postgres();
        }
    }
}
