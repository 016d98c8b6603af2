package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workpool.cli.text.Names;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same inputs, options and commands as GNU parallel's, where it is installed: the same bytes and the same exit status. */
@Timeout(60)
class GnuParallelTest {
    private static final String IN = "a b.c\n/x/y.tar.gz\nit's $HOME\nx\ty,  z ,\n";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void isInstalled() throws Exception {
        assumeTrue(isParallel(), "needs GNU parallel");
        Files.createDirectories(folder.resolve(".parallel"));
        Files.createFile(folder.resolve(".parallel/will-cite"));
        Files.writeString(folder.resolve("one"), "1\n2\n");
        Files.writeString(folder.resolve("two"), "p q\nr\ns");
    }

    private static boolean isParallel() throws InterruptedException {
        try {
            Process version = new ProcessBuilder("parallel", "--version").start();
            String text = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.waitFor() == 0 && text.startsWith("GNU parallel");
        } catch (IOException e) {
            return false;
        }
    }

    /** Options, the command, and input sources; without these, standard input. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "| echo |",
                "| echo {} {} |",
                "| printf '<%s>' |",
                "| echo {.} {/} {//} {/.} {#} |",
                "| echo {1} {1.} {1/} {1//} {1/.} {-1} |",
                "--tag | printf 'a\\nb\\n\\nc'; : {} |",
                "--tag | echo {#}; echo err {} >&2 |",
                "--lb --tag | printf 'a\\nb\\nc'; : {} |",
                "--line-buffer | echo {}; : |",
                "--dry-run | echo {} {.} |",
                "--dry-run --tag | echo |",
                "--dryrun | cat |",
                "--colsep , | printf '<%s>' {2} {1} {3} x{}x; echo |",
                "-C [,\\t] | printf '<%s>' ; echo {} |",
                "-0 | printf '<%s>' |",
                "| echo {#} {1} {2} | ::: a b,c ::: d 'e",
                "| printf '<%s>' | ::: a b ::: c d ::: e f",
                "| echo {3}{2}{1} {-1} {2.} {3/} | ::: a b ::: c.d ::: e/f",
                "| echo {1} {2} | ::: a b c :::+ 1 2",
                "| echo {} | ::: x y ::: a b :::+ 1 2 3",
                "| echo {} | :::: one two",
                "| echo {} | :::: two ::: z ::::+ one",
                "| echo {} | :::: - one",
                "-a one | echo {} | ::: x --tag y",
                "--tag | echo {2} | ::: a ::: b c",
                "--colsep , | echo {2}-{3}-{1} | ::: a,b c ::: x,y",
                "--dry-run | echo {2} {1} | ::: a ::: 'x y",
                "-j 200% | echo {} |",
                "--halt now,fail=1 | echo {} | ::: a b",
            })
    void bytesAndStatusAreTheSame(String options, String command, String sources) throws Exception {
        List<String> words = new ArrayList<>(List.of("-k"));
        words.addAll(options == null ? List.of() : List.of(options.split(" ")));
        List<String> tail = sources == null ? List.of() : List.of(sources.split(" "));
        assertSame(words, command, tail);
    }

    @Test
    void failuresAreFailures() throws Exception {
        Cli.Ran parallel = parallel(List.of("-k"), "echo {}; exit {}", List.of(":::", "0", "3"));
        Cli.Ran workpool = workpool(List.of("-k"), "echo {}; exit {}", List.of(":::", "0", "3"));
        assertThat(workpool.out()).isEqualTo(parallel.out());
        assertThat(workpool.status()).isEqualTo(1).isEqualTo(parallel.status());
    }

    private static void assertSame(List<String> options, String command, List<String> sources) throws Exception {
        Cli.Ran parallel = parallel(options, command, sources);
        Cli.Ran workpool = workpool(options, command, sources);
        assertThat(workpool.out()).isEqualTo(parallel.out());
        assertThat(workpool.err().replaceFirst("workpool: \\d+ succeeded.*\n$", ""))
                .isEqualTo(parallel.err());
        assertThat(workpool.status()).isEqualTo(parallel.status());
    }

    private static Cli.Ran parallel(List<String> options, String command, List<String> sources) throws Exception {
        List<String> line = new ArrayList<>(List.of("parallel"));
        line.addAll(options);
        line.add(command);
        line.addAll(sources);
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PARALLEL_SHELL", "/bin/sh");
        Path in = Files.writeString(folder.resolve("in"), IN);
        Path err = folder.resolve("err");
        Process process =
                builder.redirectInput(in.toFile()).redirectError(err.toFile()).start();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Cli.Ran(process.exitValue(), Names.decode(out, 0, out.length), Files.readString(err));
    }

    private static Cli.Ran workpool(List<String> options, String command, List<String> sources) {
        List<String> line = new ArrayList<>(List.of("run"));
        for (String option : options) {
            line.add(inFolder(option));
        }
        line.addAll(List.of("--exec", command));
        for (String source : sources) {
            line.add(inFolder(source));
        }
        return Cli.runWith(IN, line.toArray(String[]::new));
    }

    /** A process of its own could have another working directory; this one has none. */
    private static String inFolder(String word) {
        return word.equals("one") || word.equals("two") ? folder.resolve(word).toString() : word;
    }
}
