package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run                        | nothing to run: give INPUT… or --input FILE",
                "run --workers 0 x          | '--workers': '0'; allowed: 1 to 100000",
                "run --workers -1 x         | '--workers': '-1'; allowed: 1 to 100000",
                "run --workers x x          | '--workers': 'x'; allowed: 1 to 100000",
                "run --workers 100001 x     | '--workers': '100001'; allowed: 1 to 100000",
                "run --format xml x         | '--format': expected one of [text, ndjson]",
                "run --progress maybe x     | '--progress': expected one of [auto, always, never]",
                "run --sha256 --get x       | --sha256, --get are mutually exclusive",
                "run --exec true --get x    | are mutually exclusive",
                "run --nonsense x           | Unknown option: '--nonsense'; workpool run --help lists",
                "run --exec                 | option '--exec' (CMD)",
                "run --exec= x              | --exec '': CMD is empty",
                "run --input                | option '--input' (FILE)",
                "run --input - x            | INPUT 'x' and --input '-'",
                "run --input /no/such/list  | --input '/no/such/list': no such file or folder",
                "run --null x               | --null is about the entries of a list",
                "run --resume x             | --resume is about the jobs of a job log: give --joblog FILE as well",
                "run --retry-failed x       | --retry-failed is about the jobs of a job log: give --joblog FILE as well",
                "run --joblog               | option '--joblog' (FILE)",
                "run --joblog= x            | --joblog '': an empty name; allowed: a new file in a folder that exists",
                "run --joblog - x           | --joblog '-': standard output is for results (a file is ./-); allowed: a new",
                "run --joblog / x           | --joblog '/': a folder; allowed: a new file in a folder that exists",
                "run --joblog /no/log x     | --joblog '/no/log': no such file or folder; allowed: a new file",
                "run --joblog /dev/null x   | --joblog '/dev/null': not a file that can be read again; allowed: a new",
                "rnu                        | 'rnu'; workpool --help lists what is allowed",
                "''                         | no COMMAND; allowed: run, help",
            })
    void wrongUsageIsOneLineAndStatusTwo(String line, String expected) {
        Cli.Ran ran = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("workpool: ").contains(expected).hasLineCount(1);
    }

    @Test
    void aListThatIsAFolderIsWrongUsage(@TempDir Path folder) {
        Cli.Ran ran = Cli.run("run", "--input", folder.toString());
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains("a folder; allowed: a file that can be read, or -")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"--help, workpool", "run --help, --exec", "help run, Exit status", "--version, workpool"})
    void helpGoesToStandardOutput(String line, String expected) {
        Cli.Ran ran = Cli.run(line.split(" "));
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains(expected);
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void anEmptyListIsNoError() {
        Cli.Ran ran = Cli.run("run", "--input", "-");
        assertThat(ran.status()).isZero();
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 0 cancelled, 0 total");
    }
}
