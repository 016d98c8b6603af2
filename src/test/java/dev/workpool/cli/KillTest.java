package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.joblog.JobLogReader;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed, so that nothing of it has a chance to tidy up, and is resumed by its job log. */
@Timeout(120)
class KillTest {
    private static final int JOBS = 200;
    private static final int WORKERS = 3;
    private static final String RUN = "exec \"$@\" run --joblog log --workers " + WORKERS + " --input list ";

    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void writeTheList() throws IOException {
        log = folder.resolve("log");
        Files.write(
                folder.resolve("list"),
                IntStream.range(0, JOBS).mapToObj(i -> "job " + i).toList());
        Files.createFile(folder.resolve("began"));
    }

    @Test
    void whatWasInFlightIsRunAgainAndNothingElse() throws Exception {
        // The first half is done, and then as many as there are workers wait for what does not come.
        String command = "--exec 'echo {} >> began; n=\"{}\"; n=${n#job }; "
                + "until [ $n -lt 100 ] || [ -e go ] || [ ! -e began ]; do sleep 0.05; done; echo {}'";
        Cli.Ran killed = killWhen(command, () -> done().size() == 100 && began().size() == 100 + WORKERS);
        Set<String> done = done();
        assertThat(killed.status()).isEqualTo(137);
        assertThat(killed.lines()).containsExactlyInAnyOrderElementsOf(done);

        Files.createFile(folder.resolve("go"));
        Cli.Ran resumed = start("--resume " + command).await();

        assertThat(resumed.status()).isZero();
        assertThat(resumed.sum())
                .startsWith("workpool: 100 succeeded, 0 failed, 0 cancelled, 100 total")
                .contains("skipped 100 ");
        assertEachJobHasItsResultOnce(killed, resumed);
        assertThat(twice()).hasSize(WORKERS).doesNotContainAnyElementsOf(done);
        assertThat(done()).hasSize(JOBS);
    }

    @Test
    void noResultIsLostAtWhateverMomentItIsKilled() throws Exception {
        String command = "--exec 'echo {} >> began; sleep 0.0$(( $(printf %s {} | wc -c) % 3 )); echo {}'";
        Cli.Ran killed = killWhen(command, () -> began().size() >= 60);
        Set<String> done = done();
        assertThat(done).hasSizeLessThan(JOBS);
        assertThat(killed.lines()).containsAll(done); // perhaps one more, whose line is missing

        Cli.Ran resumed = start("--resume " + command).await();

        assertThat(resumed.status()).isZero();
        assertThat(resumed.lines()).doesNotContainAnyElementsOf(done).hasSize(JOBS - done.size());
        assertThat(twice()).doesNotContainAnyElementsOf(done);
        assertThat(done()).hasSize(JOBS);
    }

    @Test
    void aFullDiskEndsTheRun() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        List.of("-XX:-UsePerfData"), // or the JVM itself would run into the limit
                        "cd " + folder + "; ulimit -f 8; " + RUN + "--exec 'echo {}'")
                .await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err())
                .matches("(?s)workpool: --joblog 'log': [^\n]+; the run is stopped\nworkpool: \\d+ succeeded, .*")
                .hasLineCount(2);
        Set<String> done = done();
        assertThat(done).isNotEmpty().hasSizeLessThan(JOBS);
        Cli.Ran resumed = start("--resume --exec 'echo {}'").await();
        assertThat(resumed.lines()).doesNotContainAnyElementsOf(done).hasSize(JOBS - done.size());
    }

    private CliProcess start(String options) throws IOException {
        return CliProcess.start("cd " + folder + "; " + RUN + options);
    }

    private Cli.Ran killWhen(String options, Condition condition) throws Exception {
        CliProcess run = start(options);
        Awaitility.await().atMost(PoolTest.LONG).until(() -> condition.holds() || run.hasEnded());
        if (run.hasEnded()) {
            throw new AssertionError("ended by itself: " + run.await());
        }
        run.kill();
        return run.await();
    }

    private void assertEachJobHasItsResultOnce(Cli.Ran killed, Cli.Ran resumed) throws IOException {
        List<String> results = new ArrayList<>(killed.lines());
        results.addAll(resumed.lines());
        assertThat(results).containsExactlyInAnyOrderElementsOf(Files.readAllLines(folder.resolve("list")));
    }

    /** What the log has, which is being written to. */
    private Set<String> done() throws IOException {
        Set<String> done = new HashSet<>();
        if (Files.exists(log)) {
            JobLogReader.read(new ByteArrayInputStream(Files.readAllBytes(log)), line -> done.add(line.input()));
        }
        return done;
    }

    private List<String> began() throws IOException {
        return Files.readAllLines(folder.resolve("began"));
    }

    private Set<String> twice() throws IOException {
        Map<String, Integer> times = new HashMap<>();
        began().forEach(job -> times.merge(job, 1, Integer::sum));
        return times.keySet().stream().filter(job -> times.get(job) > 1).collect(Collectors.toSet());
    }

    /** Something to wait for. */
    private interface Condition {
        boolean holds() throws IOException;
    }
}
