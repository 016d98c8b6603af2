package dev.workpool.cli.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ShellQuotesTest {
    private static final List<String> VALUES = List.of(
            "plain",
            "",
            " ",
            "a b",
            "it's",
            "'",
            "''",
            "a'",
            "'b",
            "$HOME",
            "`id`",
            "\"",
            "\\",
            "a\\nb",
            "*",
            "~",
            "!x",
            "#",
            "a;b&c|d",
            "tab\there",
            "-n",
            "\u00e4",
            "{}",
            "new\nline");

    /** By sh itself, all at once. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aShellReadsEachValueAsItIs() throws IOException, InterruptedException {
        String words = VALUES.stream().map(ShellQuotes::quote).collect(Collectors.joining(" "));
        Process sh = new ProcessBuilder("sh").start();
        try (OutputStream script = sh.getOutputStream()) { // as arguments they would be in the locale's character set
            script.write(("printf '%s\\0' " + words).getBytes(StandardCharsets.UTF_8));
        }
        String read = new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(sh.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(List.of(read.split("\0", -1)))
                .startsWith(VALUES.toArray(String[]::new))
                .hasSize(VALUES.size() + 1);
    }

    @Test
    void whatNeedsNoQuotesHasNone() {
        assertThat(ShellQuotes.quote("src/main-1.2_x+y")).isEqualTo("src/main-1.2_x+y");
        assertThat(ShellQuotes.quote("a b")).isEqualTo("'a b'");
    }
}
