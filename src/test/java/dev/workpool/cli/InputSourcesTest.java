package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run works on, and how commands are made of it. */
@Timeout(30)
class InputSourcesTest {
    @TempDir
    private Path folder;

    @Test
    void standardInputIsReadWhereNoInputIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("a b"), "x");
        assertThat(ordered("1\n2\n", "echo {}").out()).isEqualTo("1\n2\n");
        assertThat(Cli.runWith("1\n2\0003\n\0", "run", "-k", "-0", "--exec", "printf '<%s>'")
                        .out())
                .isEqualTo("<1\n2><3\n>");
        assertThat(Cli.runWith(file + "\n", "run").out()).endsWith("  " + file + "\n");
        assertThat(Cli.runWith("no url\n", "run", "--get").err()).contains("workpool: no url: not a URL");
    }

    @Test
    void standardInputIsNotReadWhereInputsAreNamed() {
        assertThat(ordered("unread\n", "echo {}", "x").out()).isEqualTo("x\n");
        assertThat(ordered("unread\n", "echo {}", ":::", "x").out()).isEqualTo("x\n");
        assertThat(ordered("unread\n", "echo {}", ":::").out()).isEmpty();
    }

    @Test
    void sourcesAreCombined() throws IOException {
        Path list = Files.writeString(folder.resolve("list"), "l1\nl2\n");
        assertThat(ordered("s\n", "echo {3}-{2} {1}", ":::", "a", "b", "::::", list.toString(), "-")
                        .lines())
                .containsExactly("s-l1 a", "s-l2 a", "s-l1 b", "s-l2 b");
        assertThat(ordered("s\n", "echo {}", ":::", "a", "b", "::::+", list.toString())
                        .lines())
                .containsExactly("a l1", "b l2");
        assertThat(ordered("", "echo {}", "-a", list.toString(), ":::", "--x", "y")
                        .lines())
                .containsExactly("l1 --x", "l1 y", "l2 --x", "l2 y");
    }

    @Test
    void afterTheEndOfOptionsEverythingIsAnInput() {
        assertThat(ordered("", "echo {}", "--", ":::", "--tag").lines()).containsExactly(":::", "--tag");
    }

    @Test
    void oneSourceDoesForEveryOperation() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "x");
        Path list = Files.writeString(folder.resolve("list"), file + "\n");
        assertThat(Cli.run("run", ":::", file.toString()).out()).endsWith("  " + file + "\n");
        assertThat(Cli.run("run", "--sha256", "::::", list.toString()).out()).endsWith("  " + file + "\n");
        assertThat(Cli.run("run", "--get", ":::", "no url").status()).isEqualTo(1);
    }

    @Test
    void replacementStringsAreFilled() {
        assertThat(ordered("", "echo {} {.} {/} {//} {/.} {#}", "a/b.c", "/d").lines())
                .containsExactly("a/b.c a/b b.c a b 1", "/d /d d / d 2");
        assertThat(Cli.run("run", "--workers", "1", "--exec", "echo {%}", "x", "y")
                        .out())
                .isEqualTo("1\n1\n");
    }

    @Test
    void inputsAreSplitIntoColumns() {
        String table = "a,b\n c , d ,e\n\n,\n";
        assertThat(Cli.runWith(table, "run", "-k", "--colsep", ",", "--exec", "printf '<%s>' {2} {1} {3}; echo")
                        .lines())
                .containsExactly("<b><a>", "<d><c><e>", "<><>");
        assertThat(Cli.runWith("a\tb\n", "run", "-C", "\\t", "--exec", "echo {}")
                        .out())
                .isEqualTo("a b\n");
    }

    @Test
    void aShellCanBeNamed() throws IOException {
        Path shell = Files.writeString(folder.resolve("my shell"), "#!/bin/sh\nMINE=yes exec sh \"$@\"\n");
        assertThat(shell.toFile().setExecutable(true)).isTrue();
        assertThat(ordered("", "echo $MINE {}", "--shell", shell.toString(), "é x")
                        .out())
                .isEqualTo("yes é x\n");
    }

    @Test
    void messagesAndObjectsTellTheValues() {
        Cli.Ran ran = ordered("", "exit {1}", ":::", "0", "3", ":::", "x");
        assertThat(ran.err()).startsWith("workpool: 3 x: exit status 3\n");
        assertThat(Cli.run("run", "--format", "ndjson", "--exec", ": {}", ":::", "a", ":::", "b c")
                        .out())
                .startsWith("{\"input\":\"a\\tb c\",\"values\":[\"a\",\"b c\"],\"outcome\":");
    }

    @Test
    void combinationsAreResumed() throws IOException {
        Path log = folder.resolve("log");
        Path bad = Files.writeString(folder.resolve("bad"), "");
        String command = "! test -e " + bad + " || [ {#} != 2 ] && echo {} {#}";
        List<String> line =
                List.of("--joblog", log.toString(), "--retry-failed", ":::", "a", "a\tb", ":::", "c", "b\tc");
        Cli.Ran first = ordered("", command, line.toArray(String[]::new));
        assertThat(first.lines()).containsExactly("a c 1", "a\tb c 3", "a\tb b\tc 4");
        assertThat(first.status()).isEqualTo(1);
        Files.delete(bad);
        Cli.Ran second = ordered("", command, line.toArray(String[]::new));
        assertThat(second.lines()).containsExactly("a b\tc 2");
        assertThat(second.sum()).contains("1 total").contains("skipped 3");
    }

    @Test
    void columnsAndShellBelongToTheOperationOfALog() {
        String log = folder.resolve("log").toString();
        assertThat(ordered("", "echo {1}", "--joblog", log, "--colsep", ",", "a,b")
                        .status())
                .isZero();
        assertThat(ordered("", "echo {1}", "--joblog", log, "a,b").err())
                .contains("its jobs are those of '--colsep , --exec echo {1}', not '--exec echo {1}'");
        assertThat(ordered("", "echo {1}", "--joblog", log, "--colsep", ",", "--shell", "sh", "a,b")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void workersAreCountedInManyWays() {
        for (String workers : List.of("1", "1%", "200%", "adaptive")) {
            assertThat(Cli.run("run", "-k", "--workers", workers, "--exec", "echo {}", "a", "b")
                            .out())
                    .as(workers)
                    .isEqualTo("a\nb\n");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        Cli.Ran ran = Cli.runWith("1\n".repeat(50), "run", "-j", "200%", "--exec", "echo {%}; sleep 0.01");
        assertThat(ran.lines().stream().mapToInt(Integer::parseInt).max().getAsInt())
                .isBetween(1, 2 * processors);
    }

    private static Cli.Ran ordered(String in, String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("run", "--ordered", "--exec", command));
        line.addAll(List.of(arguments));
        return Cli.runWith(in, line.toArray(String[]::new));
    }
}
