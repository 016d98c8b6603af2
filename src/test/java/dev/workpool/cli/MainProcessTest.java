package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workpool.cli.operation.ProcessTree;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: signals, pipes, locales and the heap. */
@Timeout(60)
class MainProcessTest {
    private static final List<String> SHORT_GRACE = List.of("-Dworkpool.pools.run.cancel-grace=300ms");

    @TempDir
    private Path folder;

    @Test
    void interruptStopsTheRunAndItsCommands() throws Exception {
        CliProcess run =
                CliProcess.start("exec \"$@\" run --workers 2 --exec 'echo $$ > " + folder + "/{}; sleep 80; :' a b c");
        List<ProcessHandle> commands = List.of(begun("a"), begun("b"));
        run.signal("INT");
        Cli.Ran ran = run.await();
        assertThat(ran.status()).isEqualTo(130);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 3 cancelled, 3 total");
        assertThat(ran.err()).hasLineCount(1);
        assertGone(commands);
    }

    @Test
    void aCommandThatIgnoresTermIsKilledAfterTheGraceTime() throws Exception {
        CliProcess run = CliProcess.start(
                Map.of(),
                SHORT_GRACE,
                "exec \"$@\" run --exec 'trap \"\" TERM; echo $$ > " + folder + "/{}; sleep 81; sleep 81' a");
        ProcessHandle command = begun("a");
        run.signal("TERM");
        Cli.Ran ran = run.await();
        assertThat(ran.status()).isEqualTo(143);
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 1 cancelled, 1 total");
        assertGone(List.of(command));
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        Path stubborn = folder.resolve("stubborn");
        CliProcess run = CliProcess.start(
                Map.of(),
                List.of("-Dworkpool.pools.run.cancel-grace=10m"),
                "exec \"$@\" run --exec 'trap \"echo >" + stubborn + "\" TERM; echo $$ > " + folder
                        + "/{}; while :; do sleep 82; done' a");
        ProcessHandle command = begun("a");
        Awaitility.await().atMost(PoolTest.LONG).until(() -> command.children().count() == 1);
        run.signal("INT");
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(stubborn));
        Awaitility.await()
                .atMost(PoolTest.LONG)
                .until(
                        () -> { // not together with the first, or it would be that
                            run.signal("INT");
                            return run.hasEnded();
                        });
        assertThat(run.await().status()).isEqualTo(130);
        assertGone(List.of(command));
    }

    @Test
    void aSignalThatIsForwardedTwiceIsOne() throws Exception {
        CliProcess run =
                CliProcess.start("exec \"$@\" run --workers 1 --exec 'echo $$ > " + folder + "/{}; sleep 84' a b");
        ProcessHandle command = begun("a");
        run.signalTwice("TERM");
        Cli.Ran ran = run.await();
        assertThat(ran.status()).isEqualTo(143);
        assertThat(ran.sum()).startsWith("workpool: 0 succeeded, 0 failed, 2 cancelled, 2 total");
        assertGone(List.of(command));
    }

    @Test
    void aSettingThatIsNotAllowedIsWrongUsage() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        List.of("-Dworkpool.pools.run.control-dispatcher=foo"),
                        "exec \"$@\" run --exec true a")
                .await();
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("workpool: workpool.pools.run.control-dispatcher = foo; allowed: ")
                .hasLineCount(1);
    }

    @Test
    void inputsAreNotRejectedByAQueueThatIsFull() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of(),
                        List.of("-Dworkpool.queue-capacity=1"),
                        "exec \"$@\" run --workers 2 --exec true a b c d e f g h")
                .await();
        assertThat(ran.sum()).startsWith("workpool: 8 succeeded, 0 failed");
    }

    @Test
    void aFolderForTemporaryFilesThatThereIsNotIsNamed() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of("TMPDIR", "/no/such/folder"),
                        List.of(),
                        "exec \"$@\" run --exec 'head -c 200000 /dev/zero; : {}' a")
                .await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).contains("workpool: a: ").contains("TMPDIR '/no/such/folder'");
    }

    @Test
    void aReaderThatGoesAwayEndsTheRunQuietly() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        "{ yes | \"$@\" run --input - --exec 'echo {}'; echo $? > " + folder + "/status; } | head -n 1")
                .await();
        assertThat(ran.out()).isEqualTo("y\n");
        assertThat(Files.readString(folder.resolve("status"))).isEqualTo("141\n");
        assertThat(ran.err()).hasLineCount(1).matches("(?s)workpool: \\d+ succeeded, 0 failed, \\d+ cancelled, .*");
    }

    @Test
    void aFullDiskIsAnError() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Cli.Ran ran =
                CliProcess.start("\"$@\" run --exec 'echo {}' a > /dev/full").await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith("workpool: standard output: ").hasLineCount(2);
    }

    @Test
    void resultsThatADiskHasNoRoomForAreCounted() throws Exception {
        Path file = folder.resolve("out");
        Cli.Ran ran = CliProcess.start(
                        "trap '' XFSZ; ulimit -f 8; \"$@\" run -j 1 --exec 'head -c 999 /dev/zero; echo' "
                                + "$(seq 40) > " + file)
                .await();
        assertThat(ran.status()).isEqualTo(1);
        long written = Files.size(file) / 1000;
        assertThat(written).isPositive().isLessThan(40);
        Matcher sum = Pattern.compile("(\\d+) succeeded, .*; (\\d+) results could not be written\n$")
                .matcher(ran.err());
        assertThat(sum.find()).as(ran.err()).isTrue();
        assertThat(Long.parseLong(sum.group(1)) - Long.parseLong(sum.group(2))).isEqualTo(written);
    }

    @Test
    void whereFewFilesMayBeOpenFewerCommandsRun() throws Exception {
        Cli.Ran ran = CliProcess.start("ulimit -n 250; \"$@\" run -j 300 --exec 'echo {}; sleep 0.1' $(seq 300)")
                .await();
        assertThat(ran.err())
                .containsPattern("^workpool: \\d+ workers instead of 300: this process may have too few files open");
        assertThat(ran.sum()).isEqualTo("workpool: 300 succeeded, 0 failed, 0 cancelled, 300 total");
    }

    @Test
    void talkativeCommandsNeedLittleMemory() throws Exception {
        Cli.Ran ran = CliProcess.start(
                        Map.of("TMPDIR", folder.toString()),
                        List.of("-Xmx64m"),
                        "\"$@\" run --workers 2 --exec 'yes {} | head -c 60000000' a b | wc -c")
                .await();
        assertThat(ran.out().strip()).isEqualTo("120000000");
        assertThat(ran.sum()).contains("2 succeeded, 0 failed");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void namesAreLosslessInThePosixLocale() throws Exception {
        for (String name : List.of("é", "bad\uDCFF")) {
            Files.writeString(NativePaths.of(folder + "/" + name), name.length() + "");
        }
        Cli.Ran ran = CliProcess.start(
                        Map.of("LC_ALL", "C"),
                        List.of(),
                        "cd " + folder
                                + " && \"$@\" run . \"$(printf '\\303\\251')\" \"$(printf 'bad\\377')\" | sha256sum -c")
                .await();
        assertThat(ran.out()).contains("./é: OK\n", "./bad\uDCFF: OK\n", "\né: OK\n", "\nbad\uDCFF: OK\n");
        assertThat(ran.sum()).contains("4 succeeded, 0 failed");
    }

    @Test
    void aClosedStandardInputIsAnErrorAndNotAFileOfTheJvms() throws Exception {
        Cli.Ran ran =
                CliProcess.start("\"$@\" run --input - --exec 'echo {}' <&-").await();
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("workpool: reading inputs: standard input is closed\n");
    }

    @Test
    void wrongUsageIsStatusTwo() throws Exception {
        Cli.Ran ran = CliProcess.start("\"$@\" run --workers none x").await();
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).hasLineCount(1);
    }

    /** The process of a command, once it has written its id into a file of this name. */
    private ProcessHandle begun(String name) throws IOException {
        Path file = folder.resolve(name);
        Awaitility.await().atMost(PoolTest.LONG).until(() -> Files.exists(file) && Files.size(file) > 1);
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static void assertGone(List<ProcessHandle> processes) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(3))
                .until(() -> processes.stream().noneMatch(ProcessTree::runs));
    }
}
