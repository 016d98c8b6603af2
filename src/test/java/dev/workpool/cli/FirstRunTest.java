package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of the README. */
class FirstRunTest {
    @TempDir
    Path folder;

    @Test
    void outcomesComeFirstThenTheirSumThenWhatToTryNext() throws Exception {
        Files.writeString(folder.resolve("abc"), "abc");
        Cli.Ran ran = run();
        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  " + folder + "/abc\n");
        assertThat(ran.err()).startsWith("workpool: 1 succeeded, 0 failed, 0 cancelled, 1 total in ");
        assertThat(ran.err().lines().skip(1)).containsExactlyElementsOf(FirstRun.NEXT);
    }

    @Test
    void whatFailedIsFollowedByNoAdvice() throws Exception {
        Files.delete(folder);
        Cli.Ran ran = run();
        Files.createDirectory(folder);
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).doesNotContain("Try next");
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        assertThat(Files.readString(Path.of("README.md"))).contains("\n" + String.join("\n", FirstRun.NEXT) + "\n");
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<mainClass>" + FirstRun.class.getName() + "</mainClass>");
    }

    private Cli.Ran run() throws Exception {
        return CliProcess.start(FirstRun.class, Map.of(), List.of(), "exec \"$@\" run --sha256 " + folder)
                .await();
    }
}
